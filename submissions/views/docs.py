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
# So many columns of text are more than a phone is wide; numbers have more and are narrow.
_WIDE: Final = 4
_TABLE: Final = re.compile(r'<table(?: class="( stacked)")?>')
_SUBSCRIPT: Final = re.compile("&lt;(/?sub)&gt;")
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
    _label_cells(tokens)
    html = markdown.renderer.render(tokens, markdown.options, {})
    html = _LINK_TO_GUIDE.sub(lambda found: f'href="/docs/{found[1]}/{found[2] or ""}"', html)
    # Raw HTML in a guide stays text, but for the subscripts of its formulas.
    html = _SUBSCRIPT.sub(r"<\1>", html)
    # A code of the API is a place of its own: problem details lead there.
    if name == "api":
        html = _CODE_ROW.sub(r'<tr id="\1"><td><code>\1</code></td>', html)
    html = _TABLE.sub(r'<div class="scroll\1 guide__table" tabindex="0"><table>', html)
    # A head without words is no head; code that is wider than the page is scrolled by keys too.
    html = html.replace("</table>", "</table></div>").replace("<th></th>", "<td></td>")
    return mark_safe(html.replace("<pre>", '<pre tabindex="0">'))  # noqa: S308


def _label_cells(tokens: Sequence[Token]) -> None:
    """Give the cells of wide tables their column's name: a phone shows them one below the other."""
    table, heads, column = None, list[str](), 0
    for token, after in pairwise(tokens):
        if token.type == "table_open":
            table, heads = token, []
        elif token.type == "th_open":
            heads.append(after.content)
        elif token.type == "tr_open":
            column = 0
        elif token.type == "td_open":
            if table and len(heads) == _WIDE and all(heads):
                table.attrSet("class", " stacked")
                if column:
                    token.attrSet("data-label", heads[column])
            column += 1


def _text(name: str, folder: str) -> str:
    return (settings.BASE_DIR / "docs" / folder / f"{name}.md").read_text(encoding="utf-8")


def _headings(tokens: Sequence[Token]) -> list[Token]:
    return [token for token in tokens if token.type == "heading_open"]


def _anchors(name: str) -> list[str]:
    """The address of each heading within its page, as code hosts make it of the English text."""
    tokens = MarkdownIt("commonmark").parse(_text(name, ""))
    texts = (after.content for token, after in pairwise(tokens) if token.type == "heading_open")
    return [re.sub(r"[^a-z0-9 -]", "", text.lower()).replace(" ", "-") for text in texts]
