"""Deletes what a submission held: its predictions, files and scores; its bare row stays."""

from django.db import transaction
from django.db.models import QuerySet

from submissions.keeping import drop_unreferenced
from submissions.lines import write_lines
from submissions.models import (
    Answer,
    BoardEvent,
    HostedRun,
    ModelEntry,
    ReportedScore,
    Submission,
)
from submissions.models.submission import new_public_id


def forget_content(submission: Submission) -> None:
    """Delete a withdrawn submission's files, predictions and scores; call in a transaction."""
    sha256s = {
        *submission.files.values_list("sha256", flat=True),
        *submission.tasks.values_list("sha256", flat=True),
    }
    Submission.objects.filter(pk=submission.pk).update(
        current_evaluation=None, note="", declared={}, warnings=[]
    )
    forget_answers(submission.runs.all())
    submission.evaluations.all().delete()
    submission.standings.all().delete()
    write_lines(submission.model, submission.release, because="forgotten")
    submission.files.all().delete()
    submission.tasks.all().delete()
    BoardEvent.objects.filter(submission=submission).update(detail={})
    transaction.on_commit(lambda: drop_unreferenced(sha256s), robust=True)


def forget_answers(runs: QuerySet[HostedRun]) -> None:
    """Delete what a model answered in runs, and what its server said of itself."""
    Answer.objects.filter(run__in=runs).delete()
    runs.update(environment={})


def forget_model(model: ModelEntry) -> None:
    """Take a model's name away where nothing public is left of it."""
    is_public = model.submissions.filter(visibility=Submission.Visibility.PUBLIC).exists()
    if is_public or ReportedScore.objects.filter(model=model).exists():
        return
    slug = f"closed-{new_public_id()}"
    ModelEntry.objects.filter(pk=model.pk).update(
        slug=slug, name=slug, organization="", link="", licence=""
    )
