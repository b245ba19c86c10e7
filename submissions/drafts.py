"""Drafts: opened, filled in step by step, checked, and sent as submissions or thrown away."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import IO, Any, Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext

from accounts.models import User
from submissions import queue
from submissions.access import submittable_models
from submissions.draft_files import drop_files, keep_files, open_files
from submissions.entries import ModelFacts
from submissions.files import DamagedFile
from submissions.kinds import PREDICTIONS
from submissions.limits import DRAFT_DAYS, DRAFTS_OPEN, SWEEP_ROWS
from submissions.models import Draft, DraftFile, ModelEntry, Submission
from submissions.models.submission import new_public_id
from submissions.receive import (
    DuplicateUpload,
    UploadOptions,
    UploadReport,
    check_upload,
    receive_upload,
)
from submissions.rounds import is_sealed
from submissions.trial_quota import TooManyTrials, forget_trials, take_trial

# The facts of a new model that a draft keeps, by their names in ModelFacts.
FACTS: Final = (
    "name",
    "organization",
    "link",
    "licence",
    "parameters",
    "context_tokens",
    "weights",
)
_CHECK: Final = ("report", "trial", "is_trial_due", "announced_at", "trial_token")


class TooManyDrafts(Exception):
    """Somebody has as many open drafts as one person may have."""

    def __init__(self) -> None:
        super().__init__(
            gettext("You have %(count)s open drafts. Finish one or throw one away first.")
            % {"count": DRAFTS_OPEN}
        )


class Incomplete(Exception):
    """A draft cannot be sent yet; `step` is the first that is not done."""

    def __init__(self, step: str) -> None:
        super().__init__(step)
        self.step = step


def open_drafts(owner: User) -> list[Draft]:
    """Somebody's drafts that were not sent, the last touched first."""
    return list(Draft.objects.filter(owner=owner, submission=None).select_related("model"))


def open_draft(owner: User, *, kind: str, suite: str, now: datetime) -> Draft:
    """Begin a submission, with what was declared for the last one.

    Raises:
        TooManyDrafts: if too many are open.
    """
    with transaction.atomic():
        # One after the other, so that the number holds.
        User.objects.select_for_update().get(pk=owner.pk)
        if Draft.objects.filter(owner=owner, submission=None).count() >= DRAFTS_OPEN:
            raise TooManyDrafts
        before = Submission.objects.filter(submitter=owner).only("declared").first()
        return Draft.objects.create(
            owner=owner,
            kind=kind,
            suite=suite,
            declared=before.declared if before else {},
            created_at=now,
            updated_at=now,
        )


def make_draft(
    owner: User,
    files: Sequence[tuple[str, IO[bytes]]],
    *,
    model: ModelEntry | ModelFacts,
    options: UploadOptions,
    now: datetime,
) -> Draft:
    """Begin a draft and take every step but the last at once, as a script does.

    Raises:
        TooManyDrafts: if too many are open.
        Refused: with every problem of the files; then there is no draft.
    """
    draft = open_draft(owner, kind=PREDICTIONS.slug, suite=options.suite, now=now)
    try:
        known = model if isinstance(model, ModelEntry) else None
        facts = {} if known else {name: getattr(model, name) for name in FACTS}
        save_model(draft, model=known, facts=facts, now=now)
        told = ("release", "drop_first_number", "declared", "note")
        save_protocol(draft, {name: getattr(options, name) for name in told}, now=now)
        save_files(draft, files, now=now)
    except Exception:
        throw_away(draft)
        raise
    return draft


def save_model(
    draft: Draft, *, model: ModelEntry | None, facts: Mapping[str, Any], now: datetime
) -> None:
    """Keep whose predictions they are: a known model, or the facts of a new one."""
    draft.model = model
    draft.facts = {} if model else {name: facts[name] for name in FACTS}
    _save(draft, "model", "facts", now=now)


def save_protocol(draft: Draft, values: Mapping[str, Any], *, now: datetime) -> None:
    """Keep how the predictions were made; what is read otherwise has to be checked again."""
    read_as = draft.release, draft.drop_first_number
    draft.release, draft.drop_first_number = values["release"], values["drop_first_number"]
    draft.declared, draft.note = values["declared"], values["note"]
    if read_as != (draft.release, draft.drop_first_number):
        _forget_check(draft)
    _save(draft, "release", "drop_first_number", "declared", "note", *_CHECK, now=now)


def save_files(draft: Draft, files: Sequence[tuple[str, IO[bytes]]], *, now: datetime) -> None:
    """Check files, keep them with the draft and ask a worker what they would score.

    Who has had too many trials today keeps the files without one, and `trial` says so.

    Raises:
        Refused: with every problem; the draft then keeps the files that it had.
    """
    report = check_upload(files, options_of(draft), now=now)
    kept = keep_files(draft, files)
    with transaction.atomic():
        refused = _take_trial(draft, report, now=now)
        before = set(draft.files.values_list("sha256", flat=True))
        draft.files.all().delete()
        DraftFile.objects.bulk_create(kept)
        _keep_report(draft, report, refused, now=now)
    drop_files(draft, sorted(before - {one.sha256 for one in kept}))


def check_again(draft: Draft, *, now: datetime) -> None:
    """Check the files that a draft has, after how they are to be read has changed.

    Raises:
        Refused: with every problem.
        DamagedFile: if a file is missing.
    """
    with open_files(draft) as files:
        report = check_upload(files, options_of(draft), now=now)
    with transaction.atomic():
        refused = _take_trial(draft, report, now=now)
        _keep_report(draft, report, refused, now=now)


def _may_be_tried(report: UploadReport, *, now: datetime) -> bool:
    # Scores of hidden answers would let anybody climb towards them without a quota.
    # So would those of a blind round, before its end.
    return report.release.are_answers_public and not is_sealed(report.release, now=now)


def _take_trial(draft: Draft, report: UploadReport, *, now: datetime) -> TooManyTrials | None:
    """Count a trial, if there is to be one; why there may be none today."""
    if _may_be_tried(report, now=now):
        try:
            take_trial(draft.owner, now=now)
        except TooManyTrials as refused:
            return refused
    return None


def _keep_report(
    draft: Draft, report: UploadReport, refused: TooManyTrials | None, *, now: datetime
) -> None:
    _forget_check(draft)
    has_trial = _may_be_tried(report, now=now)
    draft.is_trial_due = has_trial and refused is None
    if refused is not None:
        draft.trial = refused.as_trial()
    draft.report = {
        "release": report.release.name,
        "release_title": report.release.title,
        "tasks": [
            {"task": one.task, "file": one.file, "n": one.n, "answered": one.answered}
            for one in report.tasks
        ],
        "missing_tasks": report.missing_tasks,
        "warnings": [one.as_dict() for one in report.warnings],
        "has_trial": has_trial,
    }
    _save(draft, *_CHECK, now=now)
    if draft.is_trial_due:
        queue.enqueue_trial(draft.pk)


def _forget_check(draft: Draft) -> None:
    draft.report = draft.trial = None
    draft.is_trial_due, draft.announced_at, draft.trial_token = False, None, new_public_id()


def _save(draft: Draft, *fields: str, now: datetime) -> None:
    draft.updated_at = now
    draft.save(update_fields=[*fields, "updated_at"])


def first_open_step(draft: Draft) -> str:
    """The first step that still lacks something: model, protocol or upload; else review."""
    if not draft.title:
        return "model"
    if not draft.declared.get("contamination"):
        return "protocol"
    if draft.report is None:
        return "upload"
    return "review"


def send_draft(draft: Draft, *, visibility: str, now: datetime) -> Submission:
    """Make a submission of a draft, open to whom `visibility` says.  Sent twice, it is still one.

    Raises:
        Incomplete: if a step is not done.
        Refused: with every problem; the draft then stays as it is.
        DamagedFile: if a file is missing.
    """
    if draft.submission is not None:
        return draft.submission
    if (step := first_open_step(draft)) != "review":
        raise Incomplete(step)
    filled_at, draft.visibility = draft.updated_at, visibility
    # Not touched: of several presses at once, each must see when the draft was last filled in.
    draft.save(update_fields=["visibility"])
    try:
        with open_files(draft) as files:
            submission = receive_upload(
                files,
                model=_model_of(draft),
                submitter=draft.owner,
                options=options_of(draft),
                now=now,
            )
    except DuplicateUpload as refused:
        # Pressed twice: the same predictions of this model, sent since the draft was last saved.
        if refused.earlier.created_at < filled_at:
            raise
        submission = refused.earlier
    except DamagedFile:
        # Pressed twice: the first press has sent the files and let go of them.
        sent = Draft.objects.filter(pk=draft.pk).exclude(submission=None).first()
        if sent is None or sent.submission is None:
            raise
        return sent.submission
    draft.submission = submission
    _save(draft, "submission", now=now)
    drop_files(draft, list(draft.files.values_list("sha256", flat=True)))
    return submission


def _model_of(draft: Draft) -> ModelEntry | ModelFacts:
    if draft.model is None:
        return ModelFacts(**draft.facts)
    if not submittable_models(draft.owner).filter(pk=draft.model.pk).exists():
        # Shared no more since it was chosen.
        raise Incomplete("model")
    return draft.model


def options_of(draft: Draft) -> UploadOptions:
    return UploadOptions(
        suite=draft.suite,
        release=draft.release,
        visibility=Submission.Visibility(draft.visibility),
        drop_first_number=draft.drop_first_number,
        note=draft.note,
        declared=draft.declared,
    )


def throw_away(draft: Draft) -> None:
    """Delete a draft and its files."""
    sha256s = list(draft.files.values_list("sha256", flat=True))
    draft.delete()
    drop_files(draft, sha256s)


def clean_drafts(*, now: datetime) -> int:
    """Throw away what nobody has touched for long; return how many drafts that were."""
    forget_trials(now=now)
    old = Draft.objects.filter(updated_at__lt=now - timedelta(days=DRAFT_DAYS))
    drafts = list(old[:SWEEP_ROWS])
    for draft in drafts:
        throw_away(draft)
    return len(drafts)


def announce_trials(*, now: datetime, again: timedelta) -> None:
    """Nudge the workers for trials that were never announced, or long ago."""
    forgotten = Q(announced_at=None) | Q(announced_at__lt=now - again)
    due = Draft.objects.filter(forgotten, is_trial_due=True, submission=None)
    for draft_id in list(due.values_list("pk", flat=True)[:SWEEP_ROWS]):
        queue.announce_trial(draft_id)
