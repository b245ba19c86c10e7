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
from submissions.board_query import parse_query
from submissions.leaderboard import NotOnBoard, read_board


class BoardView(APIView):
    """`/api/v1/board/`: a page of the rows under one scorer."""

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request) -> Response:
        """Read the board; the parameters are the page's: see `submissions.board_query`."""
        suite = SUITES[settings.DEFAULT_SUITE]
        query = parse_query(request.query_params, suite)
        if "" in request.query_params.getlist("scorer"):
            raise ValidationError({"scorer": ["name one, or leave the parameter out"]})
        try:
            board = read_board(query)
        except NotOnBoard as error:
            known = f"one of: {', '.join(error.known)}"
            raise ValidationError({error.parameter: [known]}) from error
        if board.problems:
            raise ValidationError({"query": list(board.problems)})
        following = query.address(cursor=board.next) if board.next else None
        return Response(
            {
                "suite": suite.slug,
                "scorer": board.scorer,
                "version": board.version,
                "counts": board.counts,
                "next": following and request.build_absolute_uri(request.path + following),
                "rows": [asdict(row) for row in board.rows],
            }
        )
