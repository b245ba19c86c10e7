"""Lists in pages: follow `next` until it is null; rows that come meanwhile move none."""

from typing import Any

from django.db.models import QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from submissions.api.base import ApiView
from submissions.api.filters import refuse_empty

PAGE_ROWS = 50
PAGE_ROWS_MAX = 200
CURSOR_CHARS = 200


class Pages(CursorPagination):
    """Newest first; a cursor that nobody wrote here is refused."""

    page_size = PAGE_ROWS
    max_page_size = PAGE_ROWS_MAX
    page_size_query_param = "page_size"
    ordering = "-pk"

    def decode_cursor(self, request: Request) -> Cursor | None:
        """Read the place from the address."""
        if len(request.query_params.dict().get("cursor", "")) > CURSOR_CHARS:
            raise NotFound("There is no such page.")
        cursor = super().decode_cursor(request)
        position: Any = cursor.position if cursor else None
        if position is not None and not (position.isdecimal() and len(position) < 19):
            raise NotFound("There is no such page. Take it from an answer’s next or previous.")
        return cursor

    def get_page_size(self, request: Request) -> int:
        """How many rows were asked for."""
        asked = str(request.query_params.dict().get("page_size", PAGE_ROWS))
        is_number = asked.isdecimal() and asked.isascii() and len(asked) < 5
        if not is_number or not 1 <= int(asked) <= PAGE_ROWS_MAX:
            raise ValidationError({"page_size": [f"A number from 1 to {PAGE_ROWS_MAX}."]})
        return int(asked)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """The same limits, for the schema."""
        parameters = super().get_schema_operation_parameters(view)
        for one in parameters:
            if one["name"] == "cursor":
                one["schema"] |= {"maxLength": CURSOR_CHARS}
            if one["name"] == "page_size":
                one["schema"] |= {"minimum": 1, "maximum": PAGE_ROWS_MAX, "default": PAGE_ROWS}
        return parameters


class ListView(ApiView, ListAPIView[Any]):
    """A list of rows of one model, filtered and in pages."""

    pagination_class = Pages
    filter_backends = (DjangoFilterBackend,)

    def get_serializer_class(self) -> Any:
        """The rows' shape."""
        return self.shape

    def other_parameters(self) -> set[str]:
        """Where the page begins, how long it is, and the filters."""
        filters = getattr(self, "filterset_class", None)
        names = set(filters.base_filters) if filters else set()
        refuse_empty(self.request.GET.dict(), names)
        return {"cursor", "page_size", *names} if self.request.method in ("GET", "HEAD") else set()

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        """One page of rows, each with the chosen fields."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        rows = self.get_serializer(page, many=True).data
        return self.get_paginated_response([self.chosen(dict(row)) for row in rows])

    def get_queryset(self) -> QuerySet[Any]:
        """What the reader may see of the rows."""
        raise NotImplementedError
