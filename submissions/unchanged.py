"""Answers that a reader has already: told by a version, without making them again."""

import hashlib
from functools import lru_cache
from typing import TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language

Answer = TypeVar("Answer", bound=HttpResponseBase)


def etag_of(request: HttpRequest, *versions: object) -> str | None:
    """The entity tag of the answer to a request while the versions stay; None if it has none.

    Whoever is signed in, or has a message waiting, sees a page of their own: it is always made.
    """
    if settings.SESSION_COOKIE_NAME in request.COOKIES or "messages" in request.COOKIES:
        return None
    return tag_for_all(request, *versions)


def tag_for_all(request: HttpRequest, *versions: object) -> str:
    """The entity tag of an answer that is the same whoever asks."""
    seen = (
        *versions,
        request.get_full_path(),
        request.headers.get("HX-Request", ""),
        request.get_host(),
        request.scheme,
        get_language(),
        _build(),
    )
    return f'W/"{hashlib.sha256(repr(seen).encode()).hexdigest()[:32]}"'


def answer_unchanged(request: HttpRequest, etag: str | None) -> HttpResponse | None:
    """A 304, if the reader has the answer with this tag."""
    if etag is None:
        return None
    answer = get_conditional_response(request, etag=etag)
    return with_tag(answer, etag) if isinstance(answer, HttpResponse) else None


def with_tag(answer: Answer, etag: str | None) -> Answer:
    """The answer with its tag, to be asked for anew each time."""
    if etag is not None:
        answer.headers["ETag"] = etag
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@lru_cache(maxsize=1)
def _build() -> str:
    """Changes with the code, the templates and the translations: a new version is a new page."""
    found = hashlib.sha256()
    for folder, pattern in (
        ("templates", "*.html"),
        ("submissions", "*.py"),
        ("locale", "*.mo"),
        ("static", "*.*"),
    ):
        for path in sorted((settings.BASE_DIR / folder).rglob(pattern)):
            found.update(path.read_bytes())
    return found.hexdigest()[:16]
