"""Every change of an evaluation's state: claim, lease, scores, failure, sweep.

The row is the truth.  A claim is a conditional UPDATE that also raises the row's fence; whoever
writes later must show the fence it was given, so a worker that was presumed dead and comes back
writes nothing.
"""

import logging
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext_noop

from scoring import Outcome, TaskScore
from submissions import queue
from submissions.artefacts import pack_scores
from submissions.board_locks import lock_board
from submissions.limits import EVALUATION_ATTEMPTS, STORAGE_PATIENCE, SWEEP_ROWS
from submissions.models import (
    BoardEvent,
    BoardState,
    Evaluation,
    Failure,
    RescoreItem,
    Submission,
    TaskArtefact,
    TaskResult,
)
from submissions.patience import may_be_tried, next_try
from submissions.quota import end_slot
from submissions.rounds import is_sealed, may_be_claimed, sealed
from submissions.standings import write_standings
from submissions.tell import tell_failed, tell_scored

logger = logging.getLogger(__name__)

QUEUED: Final = Evaluation.Status.QUEUED
RUNNING: Final = Evaluation.Status.RUNNING
DONE: Final = Evaluation.Status.DONE
FAILED: Final = Evaluation.Status.FAILED
OPEN: Final = (QUEUED, RUNNING)

# What a person who reads of a failure can do about it.
# In English where they are stored; a page shows them in its reader's language.
FAILURE_HINTS: Final = {
    Failure.WORKER_LOST: gettext_noop(
        "Nothing is wrong with your files as far as we know. "
        "An organizer can queue the submission again."
    ),
    Failure.STORED_FILE: gettext_noop(
        "An organizer must restore the file from a backup; "
        "or withdraw the submission and upload the same files again."
    ),
    Failure.STORAGE_AWAY: gettext_noop(
        "Nothing is wrong with your files as far as we know. "
        "An organizer can queue the submission again."
    ),
    Failure.TIMEOUT: gettext_noop(
        "Look for extremely long predictions, shorten them, and submit again."
    ),
    Failure.MEMORY: gettext_noop(
        "Look for extremely long predictions, shorten them, and submit again."
    ),
    Failure.INTERNAL: gettext_noop(
        "This is ours to mend; the organizers see the error in their log. "
        "The submission can be queued again afterwards."
    ),
}


def queue_evaluation(
    submission: Submission, *, now: datetime, is_urgent: bool = True
) -> Evaluation:
    """Add an evaluation that waits for a worker; call inside the submission's transaction.

    One of a blind round waits for its end; the sweep announces it then.
    """
    evaluation = Evaluation.objects.create(submission=submission, created_at=now)
    if not is_sealed(submission.release, now=now):
        queue.enqueue_evaluation(evaluation.pk, is_urgent=is_urgent)
    return evaluation


def _claimable(now: datetime) -> QuerySet[Evaluation]:
    waiting = Q(status=QUEUED) & may_be_tried(now)
    return Evaluation.objects.filter(waiting | (_silent(now) & Q(attempts__lt=EVALUATION_ATTEMPTS)))


def _silent(now: datetime) -> Q:
    """Those whose worker has let its lease run out.

    A lease that reaches further than any can was written before the clock was set back: waiting
    for its end could take as long as the clock was wrong.
    """
    impossible = now + 2 * timedelta(seconds=settings.LEASE_SECONDS)
    ended = Q(lease_expires_at__lt=now) | Q(lease_expires_at__gt=impossible)
    return Q(status=RUNNING) & ended


def _long_ago(field: str, *, before: datetime, now: datetime) -> Q:
    """Those noted before a time, or, where the clock was set back, after now."""
    return Q(**{f"{field}__lt": before}) | Q(**{f"{field}__gt": now})


def _lease_end(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.LEASE_SECONDS)


def claim_evaluation(evaluation_id: int, *, worker: str, now: datetime) -> Evaluation | None:
    """Take an evaluation that waits, or whose worker has been silent for longer than its lease.

    The conditional UPDATE is the lock: of two workers, only one sees a changed row.  Nobody gets
    one of a blind round before its end.
    """
    if not may_be_claimed(evaluation_id, now=now):
        return None
    with transaction.atomic():
        taken = (
            _claimable(now)
            .filter(pk=evaluation_id)
            .update(
                status=RUNNING,
                attempts=F("attempts") + 1,
                fence=F("fence") + 1,
                worker=worker,
                started_at=now,
                lease_expires_at=_lease_end(now),
                retry_at=None,
            )
        )
        if not taken:
            return None
        # Still in the transaction: the row is ours, so the fence that is read is our own.
        return Evaluation.objects.select_related("submission__release").get(pk=evaluation_id)


def _mine(evaluation: Evaluation) -> QuerySet[Evaluation]:
    """The row, if this claim still holds it: the fence."""
    return Evaluation.objects.filter(pk=evaluation.pk, status=RUNNING, fence=evaluation.fence)


def renew_lease(evaluation: Evaluation, *, now: datetime) -> bool:
    """Say that the worker lives.  False when the claim was lost: stop, and write nothing."""
    return bool(_mine(evaluation).update(lease_expires_at=_lease_end(now)))


def record_scores(
    evaluation: Evaluation, *, scores: Mapping[str, Mapping[str, TaskScore]], now: datetime
) -> bool:
    """Store results, status, board row and rank together.

    Args:
        evaluation: as `claim_evaluation` gave it, with its fence.
        scores: by task, then by scorer.
        now: when the scoring ended.

    Returns:
        False if the claim was lost meanwhile; then nothing is written.
    """
    # Packed before the board is locked: whoever ends meanwhile waits for that lock.
    results = [
        (_result(evaluation, score), pack_scores(score.scores, score.outcomes))
        for by_scorer in scores.values()
        for score in by_scorer.values()
    ]
    with transaction.atomic():
        # Before any row of the submission: a withdrawal takes the locks in this order too.
        lock_board(evaluation.submission.release.board)
        if not _mine(evaluation).update(status=DONE, finished_at=now, lease_expires_at=None):
            return False
        TaskResult.objects.bulk_create(result for result, _ in results)
        TaskArtefact.objects.bulk_create(
            TaskArtefact(result=result, data=packed) for result, packed in results
        )
        submission = evaluation.submission
        is_rescore = submission.current_evaluation_id is not None
        submission.current_evaluation = evaluation
        submission.save(update_fields=["current_evaluation"])
        kind = BoardEvent.Kind.RESCORED if is_rescore else BoardEvent.Kind.SCORED
        write_standings(submission, because=kind)
        end_slot(submission.pk, now=now)
        BoardEvent.objects.create(
            at=now, kind=kind, submission=submission, detail={"evaluation": evaluation.pk}
        )
        tell_scored(submission, now=now)
    return True


def _result(evaluation: Evaluation, score: TaskScore) -> TaskResult:
    counts = Counter(score.outcomes)
    return TaskResult(
        evaluation=evaluation,
        task=score.task,
        scorer=score.scorer,
        n=score.n,
        answered=score.answered,
        mean=score.mean,
        outcomes={outcome.name.lower(): counts[outcome] for outcome in Outcome if counts[outcome]},
    )


def record_failure(evaluation: Evaluation, *, failure: Failure, reason: str, now: datetime) -> bool:
    """End an evaluation without scores.  False if the claim was lost meanwhile."""
    return _fail(_mine(evaluation), evaluation, failure=failure, reason=reason, now=now)


def wait_for_storage(evaluation: Evaluation, *, reason: str, now: datetime) -> bool:
    """Give back an evaluation whose files cannot be read just now, to be tried again later.

    It costs none of its attempts: those are for workers that fall silent.  After
    `STORAGE_PATIENCE` it fails.  False if the claim was lost meanwhile.
    """
    since = evaluation.away_since or now
    again = next_try(since, now=now, patience=STORAGE_PATIENCE)
    if again is None:
        return record_failure(evaluation, failure=Failure.STORAGE_AWAY, reason=reason, now=now)
    given_back = _mine(evaluation).update(
        status=QUEUED,
        attempts=F("attempts") - 1,
        worker="",
        started_at=None,
        lease_expires_at=None,
        # The sweep announces it when its time has come.
        announced_at=None,
        away_since=since,
        retry_at=again,
    )
    return bool(given_back)


def _fail(
    rows: QuerySet[Evaluation],
    evaluation: Evaluation,
    *,
    failure: Failure,
    reason: str,
    now: datetime,
) -> bool:
    with transaction.atomic():
        ended = rows.update(
            status=FAILED,
            failure=failure,
            failure_reason=reason,
            failure_hint=FAILURE_HINTS[failure],
            finished_at=now,
            lease_expires_at=None,
        )
        if ended:
            end_slot(evaluation.submission_id, now=now, failure=failure)
            BoardEvent.objects.create(
                at=now,
                kind=BoardEvent.Kind.FAILED,
                submission_id=evaluation.submission_id,
                detail={"evaluation": evaluation.pk, "failure": failure},
            )
            tell_failed(evaluation, now=now)
    return bool(ended)


def sweep(*, now: datetime) -> int:
    """Find what nobody works on: fail what has used its attempts, announce the rest again.

    Returns:
        How many evaluations were announced.
    """
    _fail_exhausted(now)
    again = now - timedelta(seconds=settings.ANNOUNCE_AGAIN_SECONDS)
    unannounced = Q(announced_at=None) | _long_ago("announced_at", before=again, now=now)
    # An upload announces itself on commit; the sweep gives it one period to do so.
    born = now - timedelta(seconds=settings.SWEEP_SECONDS)
    is_old = _long_ago("created_at", before=born, now=now)
    forgotten = Q(status=QUEUED) & is_old & unannounced & may_be_tried(now)
    due = Evaluation.objects.filter(_silent(now) | forgotten).exclude(sealed("submission", now=now))
    of_a_job = Exists(RescoreItem.objects.filter(evaluation=OuterRef("pk")))
    due = due.order_by("created_at").annotate(is_of_a_job=of_a_job)
    announced = 0
    for evaluation_id, is_of_a_job in list(due.values_list("pk", "is_of_a_job")[:SWEEP_ROWS]):
        if not queue.announce(evaluation_id, is_urgent=not is_of_a_job):
            break
        announced += 1
    _announce_stale_boards(unannounced)
    return announced


def _announce_stale_boards(unannounced: Q) -> None:
    """Nudge the ranking job for boards whose intervals are older than their rows."""
    stale = BoardState.objects.filter(unannounced, computed__lt=F("wanted"))
    for board, scorer in list(stale.values_list("board", "scorer")):
        queue.announce_ranking(board, scorer)


def _fail_exhausted(now: datetime) -> None:
    exhausted = _silent(now) & Q(attempts__gte=EVALUATION_ATTEMPTS)
    for evaluation in Evaluation.objects.filter(exhausted)[:SWEEP_ROWS]:
        reason = f"{evaluation.attempts} workers took it and fell silent; last: {evaluation.worker}"
        rows = Evaluation.objects.filter(exhausted, pk=evaluation.pk, fence=evaluation.fence)
        if _fail(rows, evaluation, failure=Failure.WORKER_LOST, reason=reason, now=now):
            logger.error("evaluation %s failed: %s", evaluation.pk, reason)
