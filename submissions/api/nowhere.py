"""Addresses below the API that lead nowhere."""

from typing import Any

from django.http import Http404
from rest_framework.request import Request

from submissions.api.base import ApiView


class NowhereView(ApiView):
    """Whatever no endpoint is at."""

    # It is no endpoint, so that no schema lists it.
    schema = None

    def initial(self, request: Request, *_args: Any, **_kwargs: Any) -> None:
        """Say no before anything is read.

        Raises:
            Http404: always.
        """
        raise Http404(request.path)
