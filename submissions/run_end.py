"""A run whose examples have all been asked becomes a predictions file and joins every submitter's
way in."""

import io
from collections.abc import Iterator
from datetime import datetime

import orjson

from submissions.intake import Refused
from submissions.limits import RUN_ROUNDS
from submissions.models import Answer, Example, HostedRun, RunShard, Submission
from submissions.receive import DuplicateUpload, UploadOptions, receive_upload
from submissions.runs import Status, fail_run, finish_run, next_round
from submissions.shards import usage


def end_run(run: HostedRun, *, now: datetime) -> bool:
    """Submit a run's answers if all its shards are done.

    Examples without an answer are asked again in a second round first; what has none then is left
    out of the file, so that the submission is partial and not ranked.

    Returns:
        Whether the run has ended.
    """
    run.refresh_from_db()
    is_due = run.status == Status.RUNNING
    if not is_due or RunShard.objects.filter(run=run, is_done=False).exists():
        return False
    if next_round(run, rounds=RUN_ROUNDS):
        return False
    return submit_answers(run, now=now)


def submit_answers(run: HostedRun, *, now: datetime) -> bool:
    """Make what a run has a submission, and end the run with it.

    Safe to do twice: the second finds the first one's submission.
    """
    if not Answer.objects.filter(run=run, state__in=Answer.FINAL).exists():
        return fail_run(run, reason="No example has an answer.", now=now)
    options = UploadOptions(
        suite=run.release.suite,
        release=run.release,
        visibility=Submission.Visibility(run.visibility),
        provenance=Submission.Provenance.HOSTED,
        usage=usage(run),
    )
    try:
        submission = receive_upload(
            list(_files(run)), model=run.model, submitter=run.owner, options=options, now=now
        )
    except DuplicateUpload as duplicate:
        submission = duplicate.earlier
    except Refused as refused:
        reasons = "; ".join(problem.found for problem in refused.problems)
        return fail_run(run, reason=f"The answers were refused: {reasons}", now=now)
    return finish_run(run, submission_id=submission.pk, now=now)


def _files(run: HostedRun) -> Iterator[tuple[str, io.BytesIO]]:
    """A predictions file a task, by position, with the ids of the release."""
    for task in run.tasks:
        answers = Answer.objects.filter(run=run, task=task, state__in=Answer.FINAL)
        texts = dict(answers.values_list("position", "text"))
        examples = Example.objects.filter(
            item_set__release_tasks__release=run.release, item_set__task=task
        )
        rows = examples.order_by("position").values_list("position", "source_id")
        lines = [
            orjson.dumps({"id": source_id, "prediction": texts[position]})
            for position, source_id in rows
            if position in texts
        ]
        if lines:
            yield f"preds_{task}.jsonl", io.BytesIO(b"\n".join(lines) + b"\n")
