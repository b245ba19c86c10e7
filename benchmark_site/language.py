"""Which language a page is in: the reader's choice, else what the browser asks for."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.middleware.locale import LocaleMiddleware
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


class LanguageMiddleware(LocaleMiddleware):
    """Django's, which also says that an answer depends on the cookie that keeps the choice."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Add to Vary, so that no cache gives one reader's language to another."""
        answer = super().process_response(request, response)
        patch_vary_headers(answer, ["Cookie"])
        return answer


@require_safe
@never_cache
def choose_language(request: HttpRequest, code: str) -> HttpResponseRedirect:
    """Remember a language for this browser and go back to where the reader was.

    A link and not a form: it changes nothing but this browser's preference, and a form's token
    would make every page of the site a page for one reader only.

    Raises:
        Http404: if the site does not speak that language.
    """
    if code not in dict(settings.LANGUAGES):
        raise Http404("no such language")
    answer = HttpResponseRedirect(_way_back(request))
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
    return answer


def _way_back(request: HttpRequest) -> str:
    """The page that the link was on, by the browser's word, else by the link's; else the front."""
    came_from = urlsplit(request.META.get("HTTP_REFERER", ""))
    if came_from.netloc == request.get_host() and came_from.path != request.path:
        # htmx changes the address without a new page, so that the link's word may be old.
        back = came_from._replace(scheme="", netloc="").geturl()
    else:
        back = request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    return back if is_ours else "/"
