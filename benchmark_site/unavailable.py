"""A page for when nothing can be kept or read: what was sent, what is safe, what to do."""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from submissions.files import is_unavailable

logger = logging.getLogger(__name__)
RETRY_SECONDS = 60


class Unavailable:
    """Answers 503 where a full disk, a bucket or a database that is away would be an error."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page, which itself needs neither storage nor database."""
        if not is_unavailable(error):
            return None
        logger.error("nothing can be kept or read: %s", error, exc_info=error)
        is_sent = request.method == "POST"
        # Not `render`: the context processors would ask the database who this is.
        page = HttpResponse(render_to_string("503.html", {"is_sent": is_sent}), status=503)
        page["Retry-After"] = str(RETRY_SECONDS)
        if not is_sent:
            # A part of a page that asks again and again keeps what it shows.
            page["HX-Reswap"] = "none"
        return page
