"""Words and figures of what is told about submissions; `notices` carries them."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from notices.models import Kind
from notices.tell import Notice, tell
from submissions.models import Evaluation, HostedRun, Submission


def tell_scored(submission: Submission, *, now: datetime) -> None:
    """Tell its submitter the averages; call in the transaction that stored them."""
    averages = {row.scorer: row.average for row in submission.standings.all()}
    lines = [_("Every scorer has scored it.")]
    lines += [
        f"{scorer}: {100 * average:.1f} %"
        for scorer, average in averages.items()
        if average is not None
    ]
    _tell(
        submission,
        Kind.SCORED,
        _("Scored: %(model)s") % {"model": submission.model.name},
        lines,
        {"averages": averages},
        now=now,
    )


def tell_failed(evaluation: Evaluation, *, now: datetime) -> None:
    """Tell the submitter why, and what to do; call in the transaction that recorded it."""
    evaluation = Evaluation.objects.select_related(
        "submission__model", "submission__submitter"
    ).get(pk=evaluation.pk)
    _tell(
        evaluation.submission,
        Kind.FAILED,
        _("Scoring has failed: %(model)s") % {"model": evaluation.submission.model.name},
        [f"{evaluation.get_failure_display()}.", evaluation.failure_hint],
        {"failure": {"code": evaluation.failure, "hint": evaluation.failure_hint}},
        now=now,
    )


def tell_published(submission: Submission, *, now: datetime) -> None:
    """Tell its submitter that everybody sees it now, whoever published it."""
    _tell(
        submission,
        Kind.PUBLISHED,
        _("Published: %(model)s") % {"model": submission.model.name},
        [_("Everybody can see it now, and it stands on the board.")],
        {},
        now=now,
    )


def tell_run_paused(run: HostedRun, *, reason: str, now: datetime) -> None:
    """Tell a run's owner why it stands still; call in the transaction that paused it."""
    facts = {"id": run.public_id, "model": run.model.name, "release": run.release.name}
    notice = Notice(
        Kind.RUN_PAUSED,
        _("Paused: the run of %(model)s") % {"model": run.model.name},
        (reason, _("Mend what stopped it, then let it go on.")),
        f"{settings.SITE_URL}{run.get_absolute_url()}",
        {"run": facts, "reason": reason},
    )
    tell(run.owner, notice, now=now)


def _tell(
    submission: Submission,
    kind: Kind,
    subject: str,
    lines: list[str],
    data: dict[str, object],
    *,
    now: datetime,
) -> None:
    link = f"{settings.SITE_URL}{submission.get_absolute_url()}"
    facts = {
        "id": submission.public_id,
        "url": link,
        "model": submission.model.name,
        "release": submission.release.name,
        "visibility": submission.visibility,
    }
    notice = Notice(kind, subject, tuple(lines), link, {"submission": facts, **data})
    tell(submission.submitter, notice, now=now)
