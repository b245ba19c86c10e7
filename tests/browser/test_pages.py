"""What holds for every page in a browser: nothing for axe-core to find, nothing that overflows."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.site import Site
from tests.browser.site_pages import ROWS, addresses, visits

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
    size = {"width": width, "height": 900}
    contexts = site.contexts(browser, viewport=size, reduced_motion="reduce")
    pages = {who: one.new_page() for who, one in contexts.items()}
    for visit in visits():
        page = pages[visit.who]
        # One load for both looks; each is looked at whole.
        page.emulate_media(color_scheme="light")
        answer = site.visit(page, visit)
        if answer is None:
            continue
        assert answer.status < 500, visit
        found += [f"light {visit}: {one}" for one in violations(axe, page, EVERYTHING)]
        page.emulate_media(color_scheme="dark")
        found += [f"dark {visit}: {one}" for one in violations(axe, page, EVERYTHING)]
        if page.evaluate("document.documentElement.scrollWidth > window.innerWidth"):
            found.append(f"{visit}: wider than the window")
    for context in contexts.values():
        context.close()

    assert not found, "\n".join(found)


def violations(axe: Axe, page: Page, options: dict[str, Any]) -> list[str]:
    """What axe-core finds, with where."""
    response = axe.run(page, options=options).response
    return [
        f"{one['id']}: {node['target']} {node['html'][:160]}"
        for one in response["violations"]
        for node in one["nodes"][:3]
    ]
