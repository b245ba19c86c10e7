"""How much a person or an organization may submit in a day and at once: slots taken under locks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Organization, User
from submissions.intake import Problem, Refused
from submissions.limits import AT_ONCE_RETRY_SECONDS
from submissions.models import Failure, QuotaSlot, Submission
from submissions.rounds import sealed

DAY: Final = timedelta(days=1)
# A failure that the predictions themselves caused costs its slot; every other one is ours.
COSTS_ITS_SLOT: Final = frozenset({Failure.TIMEOUT, Failure.MEMORY})


Holder = User | Organization


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """What a person, or an organization's members together, have used.

    `whose` is in the reader's language.  `used` counts the last 24 hours, `at_once_used` what
    waits or is being scored.  `resets_at` is when the next slot of the day becomes free; None
    while none is used.
    """

    whose: str
    limit: int
    used: int
    resets_at: datetime | None
    at_once_limit: int
    at_once_used: int

    @property
    def left(self) -> int:
        """How many submissions may still come today."""
        return max(0, self.limit - self.used)

    @property
    def at_once_left(self) -> int:
        """How many may come before one of those that wait has been scored."""
        return max(0, self.at_once_limit - self.at_once_used)


class QuotaExceeded(Refused):
    """The submitter has used today's submissions; carries when the next one is free."""

    def __init__(self, quota: Quota, *, now: datetime) -> None:
        self.quota = quota
        self.resets_at = quota.resets_at or now + DAY
        self.retry_after_seconds = max(1, round((self.resets_at - now).total_seconds()))
        super().__init__(
            _problem(
                "quota-exceeded",
                found=_("%(used)s of %(whose)s submissions in the last 24 hours")
                % {"used": quota.used, "whose": quota.whose},
                expected=_("at most %(limit)s") % {"limit": quota.limit},
                fix=_("Submit again after %(time)s UTC.")
                % {"time": f"{self.resets_at:%Y-%m-%d %H:%M}"},
            )
        )


class TooManyAtOnce(Refused):
    """As many of the submitter's submissions wait to be scored as may."""

    def __init__(self, quota: Quota) -> None:
        self.quota = quota
        self.retry_after_seconds = AT_ONCE_RETRY_SECONDS
        super().__init__(
            _problem(
                "too-many-at-once",
                found=_("%(used)s of %(whose)s submissions wait or are being scored")
                % {"used": quota.at_once_used, "whose": quota.whose},
                expected=_("at most %(limit)s at once") % {"limit": quota.at_once_limit},
                fix=_("Submit again once one of them has been scored."),
            )
        )


def _problem(code: str, *, found: str, expected: str, fix: str) -> tuple[Problem, ...]:
    return (Problem(code=code, file="", line=None, found=found, expected=expected, fix=fix),)


def quota_of(holder: Holder, *, now: datetime) -> Quota:
    """Read what a person or an organization has used and has left."""
    slots = _slots(holder)
    counted = slots.filter(taken_at__gt=now - DAY, refunded_at=None)
    oldest = counted.order_by("taken_at").values_list("taken_at", flat=True).first()
    is_one = isinstance(holder, User)
    return Quota(
        whose=_whose(holder),
        limit=settings.SUBMISSIONS_PER_DAY if is_one else settings.ORGANIZATION_SUBMISSIONS_PER_DAY,
        used=counted.count(),
        resets_at=oldest + DAY if oldest else None,
        at_once_limit=settings.SUBMISSIONS_AT_ONCE
        if is_one
        else settings.ORGANIZATION_SUBMISSIONS_AT_ONCE,
        # What waits for the end of a blind round takes no worker's time yet.
        at_once_used=slots.filter(ended_at=None).exclude(sealed("submission", now=now)).count(),
    )


def _whose(holder: Holder) -> str:
    if isinstance(holder, User):
        return pgettext("of … submissions", "your")
    return pgettext("of … submissions", "%(name)s’s") % {"name": holder.name}


def _slots(holder: Holder) -> QuerySet[QuotaSlot]:
    if isinstance(holder, User):
        return QuotaSlot.objects.filter(user=holder)
    return QuotaSlot.objects.filter(organization=holder)


def holders_of(submitter: User | None, organization: Organization | None) -> list[Holder]:
    """Whose quota a submission costs: its submitter's, and the model's organization's.

    Nobody's where it has no submitter: the authors' published predictions cost nothing.
    """
    if submitter is None:
        return []
    return [submitter] if organization is None else [submitter, organization]


def refuse_over_quota(holders: Sequence[Holder], *, now: datetime) -> None:
    """Do nothing while all holders may submit.

    Raises:
        QuotaExceeded: if somebody's day is used up.
        TooManyAtOnce: if too many of somebody's are open.
    """
    for holder in holders:
        quota = quota_of(holder, now=now)
        if not quota.left:
            raise QuotaExceeded(quota, now=now)
        if not quota.at_once_left:
            raise TooManyAtOnce(quota)


def lock_holders(holders: Sequence[Holder]) -> None:
    """Wait for the right to take their slots, until the transaction ends; people come first."""
    for holder in holders:
        # Not type(): a request's user is a stand-in that only pretends its class.
        holder.__class__._default_manager.select_for_update().get(pk=holder.pk)


def take_slot(submission: Submission, holders: Sequence[Holder], *, now: datetime) -> None:
    """Give a stored submission its slot; call in its transaction, under `lock_holders`."""
    if submission.submitter is not None:
        QuotaSlot.objects.create(
            submission=submission,
            user=submission.submitter,
            organization=next((one for one in holders if isinstance(one, Organization)), None),
            taken_at=now,
        )


def end_slot(submission_id: int, *, now: datetime, failure: Failure | None = None) -> None:
    """Close a submission's slot when its scoring ends, and give it back if we failed it.

    Only the first end counts: scoring again later costs nothing and gives nothing back.
    """
    is_ours = failure is not None and failure not in COSTS_ITS_SLOT
    QuotaSlot.objects.filter(submission=submission_id, ended_at=None).update(
        ended_at=now, refunded_at=now if is_ours else None
    )
