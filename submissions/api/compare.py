"""Submissions side by side over the API: the same figures as the page."""

from typing import Any, ClassVar

from django.conf import settings
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from scoring import SCORERS
from submissions.access import visible_submissions
from submissions.api.base import ApiView
from submissions.api.queries import CommaList, Query
from submissions.compare import FEWEST, MOST, compare_submissions
from submissions.models import Submission


class CompareQuery(Query):
    """Which submissions, and under which scorer."""

    s = CommaList(
        child=serializers.RegexField(r"^[-_0-9A-Za-z]{1,16}$"),
        min_length=FEWEST,
        max_length=MOST,
        help_text="Ids of two to six submissions; the others are compared with the first.",
    )
    scorer = serializers.ChoiceField(choices=list(SCORERS), default=settings.DEFAULT_SCORER)
    confirm = serializers.BooleanField(
        default=False, help_text="Resample the overall differences too: about a second each."
    )


class SideShape(serializers.Serializer[Any]):
    """A submission of the comparison."""

    id = serializers.CharField(source="public_id")
    name = serializers.CharField(source="label")
    organization = serializers.CharField()
    release = serializers.CharField()
    submitted_at = serializers.DateTimeField()
    is_withdrawn = serializers.BooleanField()
    is_scored = serializers.BooleanField()
    average = serializers.FloatField(allow_null=True)
    rank = serializers.IntegerField(allow_null=True)
    rank_low = serializers.IntegerField(allow_null=True)
    rank_high = serializers.IntegerField(allow_null=True)


class DifferenceShape(serializers.Serializer[Any]):
    """A later submission less the first, as fractions, with its 95 % interval."""

    value = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    p = serializers.FloatField()
    p_adjusted = serializers.FloatField(help_text="After Holm's correction over all tests.")
    is_told_apart = serializers.BooleanField()
    only_later = serializers.IntegerField(allow_null=True)
    only_first = serializers.IntegerField(allow_null=True)
    detectable = serializers.FloatField()
    n = serializers.IntegerField()


class PairingShape(serializers.Serializer[Any]):
    """One task of a pair; without a difference, `why` not."""

    difference = DifferenceShape(allow_null=True)
    why = serializers.ChoiceField(choices=["", "missing", "other"])
    common = serializers.IntegerField()
    n_first = serializers.IntegerField()
    n_later = serializers.IntegerField()


class RowShape(serializers.Serializer[Any]):
    """A task: each submission's score, and each later one against the first."""

    task = serializers.CharField(source="slug")
    scores = serializers.ListField(child=serializers.FloatField(allow_null=True))
    pairings = PairingShape(many=True)


class ResampledShape(serializers.Serializer[Any]):
    """The overall difference without a formula."""

    bootstrap_p = serializers.FloatField()
    bootstrap_low = serializers.FloatField()
    bootstrap_high = serializers.FloatField()
    sign_flip_p = serializers.FloatField()
    draws = serializers.IntegerField()
    seed = serializers.IntegerField()


class OverallShape(serializers.Serializer[Any]):
    """A later submission less the first, on average over the tasks that could be paired."""

    first = serializers.CharField()
    later = serializers.CharField()
    value = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    p = serializers.FloatField()
    is_told_apart = serializers.BooleanField()
    detectable = serializers.FloatField()
    tasks = serializers.ListField(child=serializers.CharField())
    left_out = serializers.ListField(child=serializers.CharField())
    differing = serializers.IntegerField()
    resampled = ResampledShape(allow_null=True)


class ComparisonShape(serializers.Serializer[Any]):
    """Two to six submissions side by side."""

    sides = SideShape(many=True)
    rows = RowShape(many=True)
    overalls = serializers.ListField(
        child=OverallShape(allow_null=True), help_text="Null where nothing could be paired."
    )
    tests = serializers.IntegerField(help_text="How many tests Holm's correction counts.")


class CompareView(ApiView):
    """`/compare/`."""

    query_shape = CompareQuery
    shape = ComparisonShape
    problems: ClassVar = {"GET": (404,)}

    @extend_schema(summary="Compare submissions", responses=ComparisonShape)
    def get(self, request: Request) -> Response:
        """Paired differences over common examples, corrected for the number of tests."""
        chosen = compared_submissions(request, self.params["s"])
        found = compare_submissions(
            chosen, scorer=self.params["scorer"], is_confirmed=self.params["confirm"]
        )
        return self.answer(found)


def compared_submissions(request: Request, ids: list[str]) -> list[Submission]:
    """The submissions of these ids in this order, which are of one suite.

    Raises:
        Http404: if the reader may not see one of them.
        ValidationError: if they belong to different benchmarks.
    """
    rows = visible_submissions(request.user).select_related("model", "release")
    by_id = {one.public_id: one for one in rows.filter(public_id__in=ids)}
    if len(by_id) < len(ids):
        raise Http404("no such submission")
    if len({one.release.suite for one in by_id.values()}) > 1:
        raise serializers.ValidationError({"s": ["They belong to different benchmarks."]})
    return [by_id[one] for one in ids]
