"""Uploads come in here: bytes become a submission with a queued evaluation, or are refused."""

import hashlib
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, BinaryIO, cast

import orjson
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from scoring import SUITES
from submissions.entries import ModelFacts, enter_model, find_entry
from submissions.files import store_stream
from submissions.intake import (
    Alignment,
    ParsedUpload,
    Problem,
    Refused,
    align,
    parse_upload,
    recognise_release,
)
from submissions.keeping import FilesGone, hold_files
from submissions.limits import UPLOADS_CHECKED_AT_ONCE
from submissions.models import (
    BoardEvent,
    ModelEntry,
    Release,
    Submission,
    SubmissionFile,
    TaskPredictions,
)
from submissions.predictions import store_predictions
from submissions.quota import holders_of, lock_holders, refuse_over_quota, take_slot
from submissions.record import queue_evaluation
from submissions.releases import release_key, release_keys
from submissions.rounds import refuse_outside_round
from submissions.tallies import tallied

# How often an upload's files are stored, where others delete the same bytes at the same time.
STORE_TRIES = 3
_turns = threading.BoundedSemaphore(UPLOADS_CHECKED_AT_ONCE)

NamedFiles = Sequence[tuple[str, IO[bytes]]]


class DuplicateUpload(Refused):
    """The same predictions were submitted for this model before; carries that submission."""

    def __init__(self, earlier: Submission) -> None:
        super().__init__(
            _problem(
                "duplicate-upload",
                found=_("the same predictions as submission %(id)s") % {"id": earlier.public_id},
                expected=_("predictions that were not submitted for this model yet"),
                fix=_("See %(address)s; withdraw it first to submit again.")
                % {"address": earlier.get_absolute_url()},
            )
        )
        self.earlier = earlier


class NoRelease(Refused):
    """The site has no release that predictions could be scored on."""

    def __init__(self) -> None:
        super().__init__(
            _problem(
                "no-release",
                found=_("no release of the benchmark on this site"),
                expected=_("at least one"),
                fix=_(
                    "An organizer imports one: manage.py import_release, fetch_release or "
                    "import_published."
                ),
            )
        )


def _problem(code: str, *, found: str, expected: str, fix: str) -> tuple[Problem, ...]:
    return (Problem(code=code, file="", line=None, found=found, expected=expected, fix=fix),)


@dataclass(frozen=True, slots=True)
class UploadOptions:
    """What a submitter says of an upload."""

    suite: str
    release: Release | None = None
    visibility: Submission.Visibility = Submission.Visibility.PUBLIC
    drop_first_number: bool = False
    note: str = ""
    provenance: Submission.Provenance = Submission.Provenance.USER
    # By declarations.DECLARATIONS; shown beside the scores.
    declared: Mapping[str, str] = field(default_factory=dict)
    # As Submission.usage.
    usage: Mapping[str, float | None] = field(default_factory=dict)

    @property
    def is_hosted(self) -> bool:
        """Whether our workers asked for the predictions: its quota was asked for at the start."""
        return self.provenance == Submission.Provenance.HOSTED


@dataclass(frozen=True, slots=True)
class TaskReport:
    """How much of a task an upload covers."""

    task: str
    file: str
    n: int
    answered: int


@dataclass(frozen=True, slots=True)
class UploadReport:
    """What a dry run found in an upload that would be accepted."""

    release: Release
    tasks: list[TaskReport]
    missing_tasks: list[str]
    warnings: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Checked:
    parsed: ParsedUpload
    alignment: Alignment
    release: Release


@contextmanager
def _checked(files: NamedFiles, options: UploadOptions, now: datetime) -> Iterator[_Checked]:
    """Parse and align an upload; what is parsed lives until the block ends.

    Raises:
        Refused: with every problem.
    """
    suite = SUITES[options.suite]
    with _turns, tempfile.TemporaryFile() as spool:
        for _, stream in files:
            stream.seek(0)
        parsed = parse_upload(
            [(name, cast("BinaryIO", stream)) for name, stream in files],
            suite=suite,
            spool=cast("BinaryIO", spool),
            repair=options.provenance == Submission.Provenance.AUTHORS,
        )
        keys = release_keys(options.suite)
        if not keys:
            raise NoRelease
        if options.release is None:
            name = recognise_release(parsed, keys, preferred=None)
            release = Release.objects.select_related("round").get(name=name)
        else:
            release = options.release
        refuse_outside_round(release, now=now)
        alignment = align(parsed, release_key(release), others=keys)
        yield _Checked(parsed, alignment, release)


@tallied
def check_upload(files: NamedFiles, options: UploadOptions, *, now: datetime) -> UploadReport:
    """A dry run: find what an upload holds and stores nothing.

    Raises:
        Refused: with every problem.
    """
    with _checked(files, options, now) as checked:
        tasks = [
            TaskReport(
                task=slug,
                file=checked.parsed.tasks[slug].file,
                n=len(aligned.rows),
                answered=sum(row is not None for row in aligned.rows),
            )
            for slug in SUITES[options.suite].slugs
            if (aligned := checked.alignment.tasks.get(slug))
        ]
        missing = [
            slug for slug in SUITES[options.suite].slugs if slug not in checked.alignment.tasks
        ]
        return UploadReport(checked.release, tasks, missing, _warnings(checked))


def aligned_predictions(
    files: NamedFiles, options: UploadOptions, *, now: datetime
) -> tuple[Release, dict[str, list[str | None]]]:
    """What an upload answers, by task and position, and for which release; stores nothing.

    Raises:
        Refused: with every problem.
    """
    with _checked(files, options, now) as checked:
        predictions = {
            task: [
                None if row is None else checked.parsed.tasks[task].prediction(row)
                for row in aligned.rows
            ]
            for task, aligned in checked.alignment.tasks.items()
        }
        return checked.release, predictions


@tallied
def receive_upload(
    files: NamedFiles,
    *,
    model: ModelEntry | ModelFacts,
    submitter: User | None,
    options: UploadOptions,
    now: datetime,
) -> Submission:
    """Store an upload and queue its evaluation.

    Args:
        files: names and streams as uploaded, one or more.
        model: whose predictions they are; facts enter a model of that name for the submitter.
        submitter: whose quota it costs; None for the authors' published files.
        options: what the submitter says of it.
        now: when it came in.

    Raises:
        Refused: with every problem; then nothing is stored and no quota is used.
    """
    with _checked(files, options, now) as checked:
        known = _known_entry(submitter, model)
        draft = Submission(
            model=known,
            release=checked.release,
            submitter=submitter,
            provenance=options.provenance,
            visibility=options.visibility,
            drop_first_number=options.drop_first_number,
            note=options.note,
            declared=dict(options.declared),
            usage=dict(options.usage),
            published_at=now if options.visibility == Submission.Visibility.PUBLIC else None,
            sha256=_predictions_sha256(checked),
            warnings=[problem.as_dict() for problem in _warnings(checked)],
            created_at=now,
        )
        # Asked here so that a refusal stores no file, and again under the lock below.
        _refuse_duplicate(draft)
        if not options.is_hosted:
            refuse_over_quota(holders_of(submitter, model.shared_with), now=now)
        for left in reversed(range(STORE_TRIES)):
            parts = _store_files(files, checked)
            try:
                with transaction.atomic():
                    return _store_submission(draft, parts, model)
            except FilesGone:
                # Somebody who had the same bytes withdrew them just now.
                if not left:
                    raise
            except IntegrityError:
                # Two equal uploads at once: the constraint let one of them in.
                _refuse_duplicate(draft)
                raise
    raise AssertionError


def _store_files(
    files: NamedFiles, checked: _Checked
) -> tuple[list[SubmissionFile], list[TaskPredictions]]:
    """Keep the files as uploaded, and each task's predictions by position."""
    uploaded = []
    for name, stream in files:
        sha256, size = store_stream(stream)
        uploaded.append(SubmissionFile(name=name, sha256=sha256, size_bytes=size))
    tasks = []
    for task, aligned in checked.alignment.tasks.items():
        rows = checked.parsed.tasks[task]
        sha256, n, answered = store_predictions(
            None if row is None else rows.prediction(row) for row in aligned.rows
        )
        tasks.append(TaskPredictions(task=task, sha256=sha256, n=n, answered=answered))
    return uploaded, tasks


def _known_entry(submitter: User | None, model: ModelEntry | ModelFacts) -> ModelEntry | None:
    if isinstance(model, ModelEntry):
        return model
    return find_entry(submitter, model.name, model.shared_with)


def _store_submission(
    draft: Submission,
    parts: tuple[list[SubmissionFile], list[TaskPredictions]],
    model: ModelEntry | ModelFacts,
) -> Submission:
    """Write the rows, under the submitter's lock; call in a transaction.

    Raises:
        FilesGone: if a file was deleted since it was stored; then nothing is written.
    """
    uploaded, tasks = parts
    hold_files({*(file.sha256 for file in uploaded), *(task.sha256 for task in tasks)})
    # One submission of a holder after the other, so that the quota holds.
    holders = holders_of(draft.submitter, model.shared_with)
    lock_holders(holders)
    if draft.submitter is not None and isinstance(model, ModelFacts):
        draft.model = enter_model(draft.submitter, model, now=draft.created_at)
    _refuse_duplicate(draft)
    if draft.provenance != Submission.Provenance.HOSTED:
        refuse_over_quota(holders, now=draft.created_at)
    draft.save()
    take_slot(draft, holders, now=draft.created_at)
    for file in uploaded:
        file.submission = draft
    for task in tasks:
        task.submission = draft
    SubmissionFile.objects.bulk_create(uploaded)
    TaskPredictions.objects.bulk_create(tasks)
    BoardEvent.objects.create(at=draft.created_at, kind=BoardEvent.Kind.SUBMITTED, submission=draft)
    queue_evaluation(draft, now=draft.created_at)
    return draft


def _warnings(checked: _Checked) -> list[Problem]:
    return [*checked.parsed.warnings, *checked.alignment.warnings]


def _predictions_sha256(checked: _Checked) -> str:
    """One hash for what was predicted, however it was packed, named and ordered."""
    digest = hashlib.sha256()
    for task, aligned in sorted(checked.alignment.tasks.items()):
        rows = checked.parsed.tasks[task]
        digest.update(f"{task}\n".encode())
        for row in aligned.rows:
            digest.update(orjson.dumps(None if row is None else rows.prediction(row)) + b"\n")
    return digest.hexdigest()


def _refuse_duplicate(draft: Submission) -> None:
    earlier = Submission.objects.filter(
        model_id=draft.model_id,
        release=draft.release,
        sha256=draft.sha256,
        drop_first_number=draft.drop_first_number,
        withdrawn_at=None,
    ).first()
    if earlier is not None:
        raise DuplicateUpload(earlier)
