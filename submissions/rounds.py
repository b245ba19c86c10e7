"""When predictions on a fresh release may come in, and when they are scored."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from audit.log import COMMAND, append
from submissions.intake import Problem, Refused
from submissions.models import Evaluation, Release, Round


class OutsideRound(Refused):
    """Predictions came before a round has opened, or after it has closed."""


def refuse_outside_round(release: Release, *, now: datetime) -> None:
    """Do nothing while predictions on a release may come in.

    Raises:
        OutsideRound: before its round opens, and from the moment that it closes.
    """
    if release.round is None or _is_open(release.round, now):
        return
    if now < release.round.opens_at:
        code, moment = "round-not-open", release.round.opens_at
        found = _("%(now)s UTC, and the round opens at %(time)s UTC")
        fix = _("Submit when it has opened.")
    else:
        code, moment = "round-closed", release.round.closes_at
        found = _("%(now)s UTC, and the round closed at %(time)s UTC")
        fix = _("Submit to another release; this one takes no more predictions.")
    while_open = _("predictions on %(release)s while its round is open")
    raise OutsideRound(
        (
            Problem(
                code=code,
                file="",
                line=None,
                found=found % {"now": _time(now), "time": _time(moment)},
                expected=while_open % {"release": release.title},
                fix=fix,
            ),
        )
    )


def _is_open(round_: Round, now: datetime) -> bool:
    return round_.opens_at <= now < round_.closes_at


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def is_sealed(release: Release, *, now: datetime) -> bool:
    """Whether nothing may be known of how predictions on a release do: its blind round runs."""
    return release.round is not None and release.round.is_blind and now < release.round.closes_at


def sealed(submission: str, *, now: datetime) -> Q:
    """What must wait for the end of a blind round; `submission` is the way to its submission."""
    within = f"{submission}__release__round__"
    return Q(**{f"{within}is_blind": True, f"{within}closes_at__gt": now})


def may_be_claimed(evaluation_id: int, *, now: datetime) -> bool:
    """Whether no blind round forbids to score it yet."""
    return not Evaluation.objects.filter(sealed("submission", now=now), pk=evaluation_id).exists()


class RoundConflict(Exception):
    """A round cannot be as asked for; the message says why."""


def save_round(
    slug: str,
    *,
    title: str,
    opens_at: datetime,
    closes_at: datetime,
    is_blind: bool,
    now: datetime,
) -> Round:
    """Make a round, or change one that has not closed yet.

    Raises:
        RoundConflict: if it would close before it opens, in the past, or has closed already.
    """
    if closes_at <= opens_at:
        raise RoundConflict("a round closes after it opens")
    if closes_at <= now:
        raise RoundConflict("a round that closes in the past takes nothing")
    existing = Round.objects.filter(slug=slug).first()
    if existing is not None and existing.closes_at <= now:
        raise RoundConflict(f"round {slug!r} has closed; what has closed stays so")
    values = {"title": title, "opens_at": opens_at, "closes_at": closes_at, "is_blind": is_blind}
    with transaction.atomic():
        saved, _ = Round.objects.update_or_create(slug=slug, defaults=values)
        detail = {
            "opens_at": opens_at.isoformat(),
            "closes_at": closes_at.isoformat(),
            "is_blind": is_blind,
        }
        append("round.saved", subject=f"round {slug}", detail=detail, actor=COMMAND)
    return saved


def has_opened(round_: Round | None, *, now: datetime) -> bool:
    """Whether contexts may be handed out: nobody gets them before the round opens."""
    return round_ is None or now >= round_.opens_at


def round_state(round_: Round | None, *, now: datetime) -> str:
    """Where a round stands: "soon", "open" or "closed"; empty without one."""
    if round_ is None:
        return ""
    if now < round_.opens_at:
        return "soon"
    return "open" if _is_open(round_, now) else "closed"
