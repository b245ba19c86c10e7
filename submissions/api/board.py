"""The board over the API: the same rows as the page."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.conf import settings
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from scoring import SCORERS, SUITES
from submissions.api.base import ApiView
from submissions.api.inputs import NOT_BLANK
from submissions.api.queries import Query
from submissions.board_query import SORTS, parse_query
from submissions.leaderboard import NotOnBoard, read_board, read_states
from submissions.models import ModelEntry, Part, Tier
from submissions.rows import BoardRow, Cell
from submissions.search import MOST_CHARACTERS
from submissions.unchanged import answer_unchanged, tag_for_all

_TASKS = SUITES[settings.DEFAULT_SUITE].slugs
_PLACE = r"^[-_A-Za-z0-9]{1,900}$"


class MagnitudeField(serializers.RegexField):
    """A number such as 7B, 128K or 1000000."""

    def __init__(self, **options: Any) -> None:
        super().__init__(r"^[0-9]{1,18}[KMBT]?$", required=False, **options)


class BoardQueryShape(Query):
    """The board's filters, as in the page's address."""

    track = serializers.RegexField(r"^[-a-zA-Z0-9_]{1,80}$", required=False)
    scorer = serializers.ChoiceField(choices=list(SCORERS), default=settings.DEFAULT_SCORER)
    release = serializers.RegexField(r"^[-a-zA-Z0-9_]{1,80}$", required=False)
    q = serializers.RegexField(
        NOT_BLANK, max_length=MOST_CHARACTERS, required=False, help_text="A search, as on the page."
    )
    weights = serializers.ChoiceField(choices=ModelEntry.Weights.values, required=False)
    params_min = MagnitudeField()
    params_max = MagnitudeField()
    context_min = MagnitudeField()
    context_max = MagnitudeField()
    licence = serializers.RegexField(NOT_BLANK, max_length=80, required=False)
    tier = serializers.ChoiceField(choices=Tier.values, required=False)
    part = serializers.ChoiceField(choices=list(Part.labels), required=False)
    sort = serializers.ChoiceField(choices=[*SORTS, *_TASKS], required=False)
    order = serializers.ChoiceField(choices=["asc", "desc"], required=False)
    after = serializers.RegexField(_PLACE, required=False, help_text="As `next` gives it.")
    before = serializers.RegexField(_PLACE, required=False)


class CellShape(serializers.Serializer[Any]):
    """A task's score as a fraction, or the bound that it was printed to stay below."""

    value = serializers.FloatField(allow_null=True)
    below = serializers.FloatField(allow_null=True)
    note = serializers.IntegerField(allow_null=True)


class CellsField(serializers.DictField):
    """Cells by task: 1,200 on a page, for which serializers took half of the answer's time."""

    child = CellShape()

    def to_representation(self, value: Mapping[str, Cell]) -> dict[str, Any]:
        """As CellShape says it."""
        return {
            task: {"value": cell.value, "below": cell.below, "note": cell.note}
            for task, cell in value.items()
        }


class BoardRowShape(serializers.Serializer[Any]):
    """A model's line; intervals are 95 % and null or empty until they are computed."""

    kind = serializers.ChoiceField(choices=["scored", "reported", "withdrawn"])
    part = serializers.ChoiceField(choices=list(Part.labels))
    tier = serializers.ChoiceField(choices=Tier.values)
    model_slug = serializers.CharField()
    model_name = serializers.CharField()
    organization = serializers.CharField()
    weights = serializers.CharField()
    licence = serializers.CharField()
    parameters = serializers.IntegerField(allow_null=True)
    context_tokens = serializers.IntegerField(allow_null=True)
    provenance = serializers.CharField()
    cells = CellsField()
    tasks = serializers.IntegerField()
    average = serializers.FloatField(allow_null=True)
    rank = serializers.IntegerField(allow_null=True)
    rank_low = serializers.IntegerField(allow_null=True)
    rank_high = serializers.IntegerField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    bounds = serializers.ListField(child=serializers.FloatField(), allow_null=True)
    best_probability = serializers.FloatField(allow_null=True)
    intervals = serializers.DictField(
        child=serializers.ListField(child=serializers.FloatField(), min_length=2, max_length=2)
    )
    inseparable = serializers.ListField(child=serializers.CharField())
    other_averages = serializers.DictField(child=serializers.FloatField())
    answered = serializers.IntegerField(allow_null=True)
    n = serializers.IntegerField(allow_null=True)
    release = serializers.CharField(allow_null=True)
    submission_id = serializers.CharField(allow_null=True)
    submitted_at = serializers.DateTimeField(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    _made: ClassVar = ("cells", "submitted_at", "withdrawn_at")

    def to_representation(self, instance: BoardRow) -> dict[str, Any]:
        """What the fields above would give: rows have their types already, but for three."""
        told: dict[str, Any] = {name: getattr(instance, name) for name in self._declared_fields}
        for name in self._made:
            if told[name] is not None:
                told[name] = self.fields[name].to_representation(told[name])
        return told


class NoteShape(serializers.Serializer[Any]):
    """Why a cell differs from what the authors printed."""

    number = serializers.IntegerField()
    model_name = serializers.CharField()
    task = serializers.CharField()
    value = serializers.FloatField()
    reported = CellShape()
    explanation = serializers.CharField()


class BoardShape(serializers.Serializer[Any]):
    """A page of the board."""

    suite = serializers.CharField(source="query.suite")
    track = serializers.CharField(source="query.board")
    scorer = serializers.CharField(source="query.scorer")
    version = serializers.IntegerField(help_text="Rises with every change of this board.")
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="Rows by part.")
    next = serializers.SerializerMethodField()
    previous = serializers.SerializerMethodField()
    notes = NoteShape(many=True)
    rows = BoardRowShape(many=True)

    def get_next(self, board: Any) -> str | None:
        """The page behind this one."""
        return self._address(board, board.next)

    def get_previous(self, board: Any) -> str | None:
        """The page before this one."""
        return self._address(board, board.previous)

    def _address(self, board: Any, place: Any) -> str | None:
        request: Request = self.context["request"]
        found = place and request.path + board.query.address(cursor=place)
        return request.build_absolute_uri(found) if found else None


class BoardView(ApiView):
    """`/board/`."""

    query_shape = BoardQueryShape
    shape = BoardShape
    problems: ClassVar = {"GET": (404,)}

    @extend_schema(summary="Read the board", responses=BoardShape)
    def get(self, request: Request) -> Response:
        """A page of rows under one scorer; rows of different scorers are never mixed."""
        asked = request._request
        query = parse_query(asked.GET, SUITES[settings.DEFAULT_SUITE])
        states = read_states(query.board)
        tag = tag_for_all(asked, states.versions)
        if answer_unchanged(asked, tag):
            return Response(status=304, headers={"ETag": tag})
        if query.cursor is None and {"after", "before"} & set(self.params):
            raise Http404("no such page")
        try:
            board = read_board(query, states=states)
        except NotOnBoard as error:
            raise Http404(str(error)) from error
        if board.problems:
            raise serializers.ValidationError({"q": list(board.problems)})
        return self.answer(board, headers={"ETag": tag})
