"""A translated guide says the same as the English one: its frame, its codes, its figures."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from submissions.views.docs import GUIDES

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
CHINESE = DOCS / "zh_Hans"
# What holds a guide together, and how often a table's row or a list's item comes in it.
FRAME = ("heading_open", "tr_open", "th_open", "td_open", "list_item_open", "paragraph_open")
# Figures, with what belongs to them: 3,946, 99.35, .071, −8.59.
FIGURE = re.compile(r"−?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+")


def parsed(folder: Path, name: str) -> list[Token]:
    """The guide's tokens, with those inside of paragraphs and cells among them."""
    text = (folder / f"{name}.md").read_text(encoding="utf-8")
    blocks = MarkdownIt("commonmark").enable("table").parse(text)
    return [one for block in blocks for one in (block, *(block.children or ()))]


def frame(tokens: list[Token]) -> list[str]:
    """Headings by their level, paragraphs, list items, rows and cells, in reading order."""
    return [one.tag for one in tokens if one.type in FRAME]


def code_blocks(tokens: list[Token]) -> list[str]:
    return [one.content for one in tokens if one.type in ("fence", "code_block")]


def code_words(tokens: list[Token]) -> list[str]:
    """Names and codes in the text, sorted: languages put them in different places."""
    return sorted(one.content for one in tokens if one.type == "code_inline")


def links(tokens: list[Token]) -> list[str]:
    return sorted(str(one.attrs["href"]) for one in tokens if one.type == "link_open")


def figures(tokens: list[Token]) -> list[str]:
    """Every number that is written in figures, outside of code."""
    texts = " ".join(one.content for one in tokens if one.type == "text")
    return sorted(FIGURE.findall(texts))


@pytest.mark.parametrize("told", [frame, code_blocks, code_words, links, figures])
@pytest.mark.parametrize("name", GUIDES)
def test_the_chinese_guide_keeps_step(name: str, told: Callable[[list[Token]], list[str]]) -> None:
    assert told(parsed(CHINESE, name)) == told(parsed(DOCS, name))


@pytest.mark.parametrize("name", GUIDES)
def test_no_emphasis_is_left_open(name: str) -> None:
    """Beside Chinese marks, ** closes only where CommonMark takes it for the end of a word."""
    texts = [one.content for one in parsed(CHINESE, name) if one.type == "text"]

    assert not [text for text in texts if "**" in text and '"' not in text]


@pytest.mark.parametrize("folder", [DOCS, CHINESE])
@pytest.mark.parametrize("name", GUIDES)
def test_a_guide_leads_to_guides_that_are_served(name: str, folder: Path) -> None:
    found = {link.partition("#")[0] for link in links(parsed(folder, name))}

    assert {one for one in found if one.endswith(".md")} <= {f"{guide}.md" for guide in GUIDES}
