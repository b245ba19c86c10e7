"""The board over the API: the same rows as the page."""

from dataclasses import asdict

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from scoring import SUITES
from submissions.leaderboard import board_rows


class BoardView(APIView):
    """`/api/v1/board/`: every model's row under one scorer."""

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """Read the board; `scorer` and `release` choose as on the page."""
        suite = SUITES[settings.DEFAULT_SUITE]
        scorer = request.query_params.get("scorer", settings.DEFAULT_SCORER)
        names = [known.name for known in suite.scorers]
        if scorer not in names:
            raise ValidationError({"scorer": [f"one of: {', '.join(names)}"]})
        release = request.query_params.get("release") or None
        board = board_rows(suite=suite.slug, scorer=scorer, release=release)
        return Response(
            {"suite": suite.slug, "scorer": scorer, "rows": [asdict(row) for row in board.rows]}
        )
