"""What holds for every page in a browser: nothing for axe-core to find, nothing that overflows."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.site import ROWS, SIGNED_OUT, Site, addresses, paths

pytestmark = [
    pytest.mark.needs_data,
    pytest.mark.needs_browser,
    pytest.mark.slow,
    pytest.mark.xdist_group("published"),
]
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
EVERYTHING = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}


def test_every_address_with_arguments_has_a_row() -> None:
    lacking = [one.route for one in addresses() if one.has_arguments and one.name not in ROWS]

    assert not lacking, "give these a row in tests/browser/site.py"


@pytest.mark.parametrize("width", [1440, 390])
def test_axe_finds_nothing_on_any_page(site: Site, browser: Browser, width: int) -> None:
    axe, found = Axe(), []
    contexts = {
        is_signed_in: browser.new_context(
            viewport={"width": width, "height": 900},
            storage_state=site.session if is_signed_in else None,
            reduced_motion="reduce",
        )
        for is_signed_in in (True, False)
    }
    pages = {is_signed_in: one.new_page() for is_signed_in, one in contexts.items()}
    for path in paths():
        page = pages[not SIGNED_OUT.match(path)]
        # One load for both looks; each is looked at whole.
        page.emulate_media(color_scheme="light")
        answer = page.goto(site.url(path))
        assert answer is not None
        if "text/html" not in answer.headers.get("content-type", "") or not _is_whole(page):
            continue
        assert answer.status < 500, path
        found += [f"light {path}: {one}" for one in violations(axe, page, EVERYTHING)]
        page.emulate_media(color_scheme="dark")
        found += [f"dark {path}: {one}" for one in violations(axe, page, EVERYTHING)]
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            found.append(f"{path}: wider than the window")
    for context in contexts.values():
        context.close()

    assert not found, "\n".join(found)


def _is_whole(page: Page) -> bool:
    """Whether this is a page, and not a part that another page fetches."""
    return page.locator("header.mast").count() > 0


def violations(axe: Axe, page: Page, options: dict[str, Any]) -> list[str]:
    """What axe-core finds, with where."""
    response = axe.run(page, options=options).response
    return [
        f"{one['id']}: {node['target']} {node['html'][:160]}"
        for one in response["violations"]
        for node in one["nodes"][:3]
    ]
