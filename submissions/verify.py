"""READ: every row that can be checked against another row or a file, and what does not hold.

Nothing is mended here: a break says what is broken and where, and a person decides.
"""

import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from django.db.models import F, Q, Window
from django.db.models.functions import Rank

from audit.chain import BrokenChain
from audit.read import follow_entries, missing_guards
from scoring import SUITES
from submissions.artefacts import unpack_scores
from submissions.board_audit import BOARD_KIND, Rows, replay, rows_of
from submissions.draft_files import open_files
from submissions.files import DamagedFile, hash_stream, open_unverified, stored_files
from submissions.lines import score_columns
from submissions.models import (
    BoardLine,
    Draft,
    ItemSet,
    Release,
    Standing,
    Submission,
    SubmissionFile,
    TaskArtefact,
    TaskPredictions,
)
from submissions.one_moment import one_moment
from submissions.predictions import read_predictions
from submissions.releases import NewExample, item_set_sha256, release_sha256


@dataclass(frozen=True, slots=True)
class Break:
    """Something that does not hold: a stable code, where it is, and what is wrong with it."""

    code: str
    where: str
    what: str


def find_breaks() -> Iterator[Break]:
    """Walk releases, files, scores, boards and the audit log, in this order."""
    yield from _releases()
    yield from _files()
    yield from _draft_files()
    yield from _predictions()
    yield from _scores()
    yield from _standings()
    yield from _boards()
    yield from _audit()


def find_strangers() -> Iterator[str]:
    """Stored files that no row names; harmless, such as what an upload left that was refused."""
    known: set[str] = set()
    for model in (SubmissionFile, TaskPredictions):
        known.update(model._default_manager.values_list("sha256", flat=True))
    # Where content is in a bucket, the data set's own files are, too.
    known.update(ItemSet.objects.values_list("source_sha256", flat=True))
    return (sha256 for sha256 in stored_files() if sha256 not in known)


def _releases() -> Iterator[Break]:
    """A release is what its hash says; example by example, unless a secret salts its hashes."""
    for release in Release.objects.prefetch_related("tasks__item_set"):
        hashes = {}
        for task in release.tasks.all():
            hashes[task.task] = task.item_set.sha256
            if release.are_answers_public and not _is_whole(task.item_set, release.seed):
                where = f"release {release.name}, {task.task}"
                yield Break("item-set", where, "its examples do not have its hash")
        if release_sha256(hashes) != release.sha256:
            yield Break("release", f"release {release.name}", "its item sets do not have its hash")


def _is_whole(item_set: ItemSet, seed: str) -> bool:
    examples = [
        NewExample(source_id=source_id, answer=answer, context_sha256=context)
        for source_id, answer, context in item_set.examples.order_by("position").values_list(
            "source_id", "answer", "context_sha256"
        )
    ]
    # What was private once is salted with the seed that was published when it was retired.
    return item_set.sha256 in {
        item_set_sha256(item_set.task, examples, salt=salt) for salt in ("", seed)
    }


def _files() -> Iterator[Break]:
    """Every file that a row names is there with the bytes of its hash."""
    named: dict[str, str] = {}
    for file in SubmissionFile.objects.select_related("submission"):
        named.setdefault(file.sha256, f"submission {file.submission.public_id}, {file.name}")
    for sha256, where in named.items():
        try:
            with open_unverified(sha256) as stream:
                yield from _changed(stream, sha256, where)
        except (DamagedFile, OSError) as error:
            yield Break("file-missing", where, str(error))


def _draft_files() -> Iterator[Break]:
    """A draft's files lie in a folder of its own until it is sent."""
    for draft in Draft.objects.filter(submission=None, files__isnull=False).distinct():
        where = f"draft {draft.public_id}"
        try:
            with open_files(draft, are_verified=False) as streams:
                for file, (_, stream) in zip(draft.files.all(), streams, strict=True):
                    yield from _changed(stream, file.sha256, f"{where}, {file.name}")
        except (DamagedFile, OSError) as error:
            yield Break("file-missing", where, str(error))


def _changed(stream: IO[bytes], sha256: str, where: str) -> Iterator[Break]:
    if hash_stream(stream)[0] != sha256:
        yield Break("file-changed", where, f"file {sha256}: its bytes have changed")


def _predictions() -> Iterator[Break]:
    """Every task's predictions are there, as many as their row says."""
    for task in TaskPredictions.objects.select_related("submission").iterator(chunk_size=200):
        where = f"submission {task.submission.public_id}, {task.task}"
        try:
            predictions = read_predictions(task)
        except (DamagedFile, OSError, EOFError, ValueError, zlib.error) as error:
            yield Break("predictions-damaged", where, str(error))
            continue
        answered = sum(prediction is not None for prediction in predictions)
        if answered != task.answered:
            yield Break("predictions-count", where, f"{answered} answered, {task.answered} noted")


def _scores() -> Iterator[Break]:
    """The evaluation that is shown is the submission's own, done, and whole to the last bit."""
    for submission in Submission.objects.filter(current_evaluation__isnull=False).select_related(
        "current_evaluation", "release"
    ):
        evaluation, where = submission.current_evaluation, f"submission {submission.public_id}"
        if evaluation is None or evaluation.submission_id != submission.pk:
            yield Break("evaluation", where, "what it shows is another submission's evaluation")
            continue
        if evaluation.status != evaluation.Status.DONE:
            yield Break("evaluation", where, f"what it shows is {evaluation.status}")
        artefacts = TaskArtefact.objects.filter(result__evaluation=evaluation)
        found = 0
        for artefact in artefacts.select_related("result"):
            found += 1
            if wrong := _wrong_artefact(artefact):
                result = artefact.result
                yield Break("scores", f"{where}, {result.task} under {result.scorer}", wrong)
        scorers = len(SUITES[submission.release.suite].scorers)
        if found != scorers * submission.tasks.count():
            yield Break("scores-missing", where, f"{found} results have per-example scores")


def _wrong_artefact(artefact: TaskArtefact) -> str:
    """What is wrong with a result's per-example scores; empty where nothing is."""
    result = artefact.result
    try:
        scores, outcomes = unpack_scores(bytes(artefact.data))
    except (ValueError, zlib.error) as error:
        return f"its per-example scores cannot be read: {error}"
    total = 0.0
    for score in scores:
        total += score
    if len(scores) != result.n or total / len(scores) != result.mean:
        return "its mean is not that of its per-example scores"
    counts = {outcome.name.lower(): count for outcome, count in Counter(outcomes).items()}
    return "" if counts == result.outcomes else "its outcomes are not those of its examples"


def _standings() -> Iterator[Break]:
    """A row says what its evaluation found, and the line on the board says the same."""
    for standing in Standing.objects.select_related("submission__current_evaluation"):
        where = f"submission {standing.submission.public_id} under {standing.scorer}"
        evaluation = standing.submission.current_evaluation
        results = evaluation.results.filter(scorer=standing.scorer) if evaluation else []
        if standing.means != {result.task: result.mean for result in results}:
            yield Break("standing", where, "its means are not its results'")
    shown = Q(standing__isnull=False, standing__submission__withdrawn_at=None)
    for line in BoardLine.objects.filter(shown).select_related("standing__submission__release"):
        if line.standing is not None and not _is_line_of(line, line.standing):
            where = f"line {line.pk}, submission {line.standing.submission.public_id}"
            yield Break("line", where, "its figures are not its standing's")


def _is_line_of(line: BoardLine, standing: Standing) -> bool:
    columns = score_columns(SUITES[standing.submission.release.suite], standing.means)
    return line.average == standing.average and all(
        getattr(line, name) == value for name, value in columns.items()
    )


def _boards() -> Iterator[Break]:
    """Every rank is the one that the averages give."""
    place = Window(Rank(), partition_by=[F("board"), F("scorer")], order_by=F("average").desc())
    ranked = Standing.objects.filter(is_on_board=True, average__isnull=False).annotate(place=place)
    for standing in ranked.select_related("submission"):
        if standing.rank != standing.place:
            where = f"submission {standing.submission.public_id} under {standing.scorer}"
            yield Break("rank", where, f"rank {standing.rank}, by its average {standing.place}")


def _audit() -> Iterator[Break]:
    """The chain holds, its guards are in place, and the board says what the log says last."""
    for name in sorted(missing_guards()):
        yield Break("audit-guard", "audit log", f"trigger {name} is not there: rows can be changed")
    logged: Rows = {}
    # Of one moment, or what changes meanwhile would look like a break.
    with one_moment():
        try:
            for entry in follow_entries():
                if entry["kind"] == BOARD_KIND:
                    replay(logged, entry["detail"])
        except BrokenChain as error:
            yield Break("audit-chain", f"audit log, entry {error.line}", error.what)
            return
        shown = rows_of(BoardLine.objects.all())
    for key in sorted(logged.keys() | shown.keys()):
        if logged.get(key) != shown.get(key):
            what = "the audit log says something else of this row"
            yield Break("audit-board", " ".join(key), what)
