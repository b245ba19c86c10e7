"""Charts in a browser: drawn at once and without JavaScript, and Plotly only when asked for."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.portal import Portal, wait_until

pytestmark = [
    pytest.mark.needs_data,
    pytest.mark.needs_browser,
    pytest.mark.slow,
    pytest.mark.xdist_group("published"),
]
WAIT = 60_000
# Name of a page, and the charts that it has.
PAGES = {
    "tasks": ["benchmark"],
    "task": ["benchmark", "distribution", "difficulty", "outcomes"],
    "needles": ["depths"],
    "compare": ["forest", "radar", "scatter"],
    "model": ["radar", "outcomes"],
    "submission": ["radar", "outcomes"],
    "home": ["radar", "timeline"],
}


@pytest.fixture(scope="module")
def paths(published_portal: Portal) -> dict[str, str]:
    """Where the pages are, once their intervals are computed."""
    stale = "SELECT count(*) FROM submissions_boardstate WHERE computed < wanted"
    wait_until(
        lambda: published_portal.query(stale) == [(0,)], seconds=240, what="intervals of the board"
    )
    ids = dict(
        published_portal.query(
            "SELECT m.slug, s.public_id FROM submissions_submission s"
            " JOIN submissions_modelentry m ON m.id = s.model_id"
        )
    )
    return {
        "tasks": f"{published_portal.url}/tasks/",
        "task": f"{published_portal.url}/tasks/longbook_qa_eng/",
        "needles": f"{published_portal.url}/tasks/passkey/",
        "home": f"{published_portal.url}/",
        "submission": f"{published_portal.url}/s/{ids['kimi']}/",
        "model": f"{published_portal.url}/models/gpt4/",
        "compare": f"{published_portal.url}/compare?s={ids['gpt4']},{ids['kimi']}",
    }


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh visitor whose page must not break its own policy."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console", lambda message: errors.append(message.text) if message.type == "error" else None
    )
    yield page
    context.close()
    assert not errors


@pytest.mark.parametrize("name", PAGES)
def test_without_javascript_every_chart_and_its_numbers_are_there(
    browser: Browser, paths: dict[str, str], name: str
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()

    page.goto(paths[name])

    for chart in PAGES[name]:
        section = page.locator(f".chart:has(#chart-{chart})")
        expect(section.locator(".chart__drawing > svg:visible")).to_have_count(1)
        expect(section.locator("[data-explore]")).to_be_hidden()
        section.locator("summary").click()
        expect(section.locator("table")).to_be_visible()
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_plotly_is_loaded_from_here_and_only_when_asked_for(
    paths: dict[str, str], name: str, page: Page
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(paths[name], wait_until="networkidle")
    home = paths[name].split("/", 3)[2]
    assert not [url for url in asked if "plotly" in url or ".json" in url]

    for chart in PAGES[name]:
        section = page.locator(f".chart:has(#chart-{chart})")
        section.locator("[data-explore]").click()
        expect(section.locator(".chart__figure .main-svg").first).to_be_visible(timeout=WAIT)
        expect(section.locator(".chart__drawing")).to_be_hidden()
        expect(section.get_by_role("button", name="Share")).to_have_count(0)

    assert sum("plotly.min" in url for url in asked) == 1
    assert all(url.split("/", 3)[2] == home for url in asked if not url.startswith("data:"))
    section.locator("[data-explore]").click()
    expect(section.locator(".chart__drawing")).to_be_visible()
    expect(section.locator(".chart__figure")).to_be_hidden()


def test_a_figure_changes_with_the_theme(paths: dict[str, str], page: Page) -> None:
    page.emulate_media(color_scheme="light")
    page.goto(paths["task"])
    section = page.locator(".chart:has(#chart-difficulty)")
    section.locator("[data-explore]").click()
    bar = section.locator(".bars .point path").first
    expect(bar).to_have_css("fill", "rgb(29, 78, 216)", timeout=WAIT)

    page.emulate_media(color_scheme="dark")

    expect(bar).to_have_css("fill", "rgb(136, 194, 255)", timeout=WAIT)


def test_the_pie_leads_to_the_tasks(paths: dict[str, str], page: Page) -> None:
    page.goto(paths["tasks"])

    page.locator(".chart__drawing a:visible", has_text="Math.Find").locator("path").click()

    page.wait_for_url("**/tasks/math_find/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Math.Find")


@pytest.mark.parametrize("width", [390, 1440])
def test_pages_with_charts_are_open_to_everybody(
    browser: Browser, paths: dict[str, str], width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    for name, path in paths.items():
        page.goto(path)
        for summary in page.locator(".chart summary").all():
            summary.click()

        for look in ("light", "dark"):
            page.emulate_media(color_scheme="dark" if look == "dark" else "light")
            found = Axe().run(page)
            assert found.violations_count == 0, (name, look, found.generate_report())
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    context.close()
