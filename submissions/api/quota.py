"""The quota over the API: in headers, and as part of who one is."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from rest_framework import serializers

from accounts.models import User
from submissions.counting import Allowance
from submissions.quota import DAY, quota_of


class QuotaShape(serializers.Serializer[Any]):
    """What was used of a day and may be scored at once; `resets_at` frees the next submission."""

    limit = serializers.IntegerField()
    used = serializers.IntegerField()
    left = serializers.IntegerField()
    resets_at = serializers.DateTimeField(allow_null=True)
    at_once_limit = serializers.IntegerField()
    at_once_used = serializers.IntegerField()
    at_once_left = serializers.IntegerField()


def quota_headers(allowances: Sequence[Allowance], user: User) -> dict[str, str]:
    """The minute's requests and the day's submissions, as `RateLimit` headers."""
    now = timezone.now()
    quota = quota_of(user, now=now)
    resets_in = round((quota.resets_at - now).total_seconds()) if quota.resets_at else 0
    day = Allowance("day", quota.limit, quota.left, int(DAY.total_seconds()), resets_in)
    listed = [*allowances, day]
    return {
        "RateLimit-Policy": ", ".join(one.policy_field() for one in listed),
        "RateLimit": ", ".join(one.field() for one in listed),
    }
