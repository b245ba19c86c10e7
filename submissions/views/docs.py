"""The project's own guides, served as pages: what people are told is what the repository says."""

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, gettext_noop
from django.views.decorators.http import require_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

# The guides that speak to people who use the site, by address.
GUIDES: Final = {
    "board": gettext_noop("The board and its files"),
    "scoring": gettext_noop("How predictions are scored"),
    "statistics": gettext_noop("How sure the figures are"),
    "submission-format": gettext_noop("What an upload may be"),
    "releases": gettext_noop("Fresh data at any length"),
    "models": gettext_noop("Models that our workers run"),
    "api": gettext_noop("The API"),
    "audit": gettext_noop("The audit log"),
}
# The folders of the guides by language; English ones lie at the top.
_FOLDERS: Final = {"zh-hans": "zh_Hans"}
_CODE_ROW: Final = re.compile(r"<tr>\s*<td><code>([a-z-]+)</code></td>")
_LINK_TO_GUIDE: Final = re.compile(r'href="(?:docs/)?([a-z-]+)\.md(#[^"]*)?"')


@require_safe
def first(_request: HttpRequest) -> HttpResponse:
    """Whoever asks for the guides gets the first, which lists the others."""
    return redirect("submissions:docs", next(iter(GUIDES)))


@require_safe
def docs(request: HttpRequest, name: str) -> HttpResponse:
    """Show one guide."""
    if name not in GUIDES:
        raise Http404
    folder = _FOLDERS.get(language := get_language() or "en", "")
    context = {
        "title": gettext(GUIDES[name]),
        "name": name,
        "guides": GUIDES,
        "body": _body(name, folder),
        "body_language": language if folder else "en",
    }
    return render(request, "docs/page.html", context)


@lru_cache(maxsize=2 * len(GUIDES))
def _body(name: str, folder: str) -> SafeString:
    """A guide as HTML.  The text is the repository's own, and raw HTML in it stays text."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(_text(name, folder))
    # A part of a guide has one address in every language: the English heading's.
    for heading, anchor in zip(_headings(tokens), _anchors(name), strict=True):
        heading.attrSet("id", anchor)
    html = markdown.renderer.render(tokens, markdown.options, {})
    html = _LINK_TO_GUIDE.sub(lambda found: f'href="/docs/{found[1]}/{found[2] or ""}"', html)
    # A code of the API is a place of its own: problem details lead there.
    if name == "api":
        html = _CODE_ROW.sub(r'<tr id="\1"><td><code>\1</code></td>', html)
    scrolled = html.replace("<table>", '<div class="guide__table" tabindex="0"><table>')
    # A head without words is no head; code that is wider than the page is scrolled by keys too.
    scrolled = scrolled.replace("</table>", "</table></div>").replace("<th></th>", "<td></td>")
    return mark_safe(scrolled.replace("<pre>", '<pre tabindex="0">'))  # noqa: S308


def _text(name: str, folder: str) -> str:
    return (settings.BASE_DIR / "docs" / folder / f"{name}.md").read_text(encoding="utf-8")


def _headings(tokens: Sequence[Token]) -> list[Token]:
    return [token for token in tokens if token.type == "heading_open"]


def _anchors(name: str) -> list[str]:
    """The address of each heading within its page, as code hosts make it of the English text."""
    tokens = MarkdownIt("commonmark").parse(_text(name, ""))
    texts = (after.content for token, after in pairwise(tokens) if token.type == "heading_open")
    return [re.sub(r"[^a-z0-9 -]", "", text.lower()).replace(" ", "-") for text in texts]
