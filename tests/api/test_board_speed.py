"""The board over the API: fast ways that must say what the slow ones say, and the unchanged one."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.renderers import JSONRenderer

from benchmarks.board_seed import seed_board
from submissions.api.board import BoardRowShape, CellShape
from submissions.api.rendering import FastJSONRenderer
from submissions.board_query import default_query
from submissions.leaderboard import read_board
from submissions.lines import refresh_state
from submissions.models import BoardState
from tests import make

ADDRESS = "/api/v1/board/"


@pytest.fixture
def _board(db: None) -> None:
    seed_board(30, seed=5)


@pytest.mark.usefixtures("_board")
def test_a_row_says_what_its_declared_fields_say() -> None:
    shape = BoardRowShape()
    for row in read_board(default_query(make.SUITE)).rows:
        fast = shape.to_representation(row)

        slow = serializers.Serializer.to_representation(shape, row)
        slow["cells"] = {task: dict(CellShape(cell).data) for task, cell in row.cells.items()}
        assert json.loads(json.dumps(fast)) == json.loads(json.dumps(slow))
        assert list(fast) == list(slow)


@pytest.mark.usefixtures("_board")
def test_an_unchanged_board_is_told_without_touching_its_rows(client: Client) -> None:
    first = client.get(ADDRESS)

    with CaptureQueriesContext(connection) as queries:
        again = client.get(ADDRESS, headers={"If-None-Match": first["ETag"]})
    # Read before the next request empties the log.
    asked = [one["sql"] for one in queries]
    refresh_state(BoardState.objects.get(scorer=make.SUITE.scorers[0].name))
    changed = client.get(ADDRESS, headers={"If-None-Match": first["ETag"]})
    other = client.get(f"{ADDRESS}?sort=name", headers={"If-None-Match": changed["ETag"]})

    assert [one.status_code for one in (first, again, changed, other)] == [200, 304, 200, 200]
    assert (again.content, again["ETag"]) == (b"", first["ETag"])
    assert again["Cache-Control"] == first["Cache-Control"] == "public, no-cache"
    assert again["Vary"] == first["Vary"]
    assert len(asked) == 1
    assert "boardstate" in asked[0]


@pytest.mark.parametrize(
    "data",
    [
        {"text": "∞ \u2028 \u2029 </script>", "none": None, "number": 0.1 + 0.2},
        {"lazy": gettext_lazy("Compare"), "moment": make.NOW, "many": [1, 2.0, True]},
        {"huge": 2**70},
        {1: "a key that is no text"},
        [],
        None,
    ],
)
def test_json_is_the_frameworks_own(data: Any) -> None:
    assert FastJSONRenderer().render(data) == JSONRenderer().render(data)
    kind = "application/json; indent=2"
    assert FastJSONRenderer().render(data, kind, {}) == JSONRenderer().render(data, kind, {})
