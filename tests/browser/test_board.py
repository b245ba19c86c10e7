"""Reading the board in a browser: found, opened, compared, taken away, with JavaScript or not."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.portal import Portal

pytestmark = [
    pytest.mark.needs_data,
    pytest.mark.needs_browser,
    pytest.mark.slow,
    pytest.mark.xdist_group("published"),
]
PATIENT = 60_000


@pytest.fixture(params=[True, False], ids=["javascript", "plain"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A visitor whose browser runs JavaScript, and one whose does not."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, java_script_enabled=request.param
    )
    context.set_default_timeout(PATIENT)
    yield context.new_page()
    context.close()


def has_javascript(page: Page) -> bool:
    return page.locator("[data-pins-keep]").is_hidden()


def test_a_reader_filters_opens_compares_and_takes_rows_away(
    published_portal: Portal, page: Page
) -> None:
    page.goto(f"{published_portal.url}/leaderboard/")
    gpt4 = page.get_by_role("row").filter(has=page.get_by_role("link", name="GPT-4", exact=True))
    kimi = page.get_by_role("row").filter(has=page.get_by_role("link", name="Kimi-Chat"))

    # A search leaves what it names, says so in the address and in a chip, and is taken back.
    page.get_by_role("searchbox").fill("kimi ; @org:nobody")
    page.get_by_role("button", name="Apply").click()
    expect(gpt4).to_have_count(0, timeout=PATIENT)
    expect(kimi).to_be_visible()
    assert "q=kimi" in page.url
    assert ("weights=" in page.url) != has_javascript(page)
    page.get_by_role("link", name="Remove the filter").click()
    expect(gpt4).to_be_visible(timeout=PATIENT)

    # A row opens where it stands.
    kimi.get_by_role("link", name="Details").click()
    expect(page.get_by_text("python -m scoring score")).to_be_visible(timeout=PATIENT)
    expect(page.get_by_role("list", name="Tasks with 95 %")).to_contain_text("right")

    # Two rows stay chosen while the board is sorted anew, and are then compared.
    gpt4.get_by_role("checkbox").check()
    kimi.get_by_role("checkbox").check()
    if not has_javascript(page):
        page.get_by_role("button", name="Keep while I look on").click()
    page.locator("#sort-kv_retrieval").click()
    expect(page.locator('th[aria-sort="descending"]')).to_contain_text("KV", timeout=PATIENT)
    expect(gpt4.get_by_role("checkbox")).to_be_checked()
    with page.expect_download() as started:
        page.locator("summary", has_text="Export").click()
        page.get_by_role("link", name="CSV").click()
    assert "sort=kv_retrieval" in started.value.url
    assert "GPT-4" in started.value.path().read_text()
    page.get_by_role("button", name="Compare selected").click()
    page.wait_for_url("**/compare?**")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert "GPT-4" in page.locator("main").inner_text()
    assert "Kimi-Chat" in page.locator("main").inner_text()


@pytest.mark.parametrize("width", [390, 1440])
def test_axe_finds_nothing_in_views_that_an_address_does_not_tell(
    published_portal: Portal, browser: Browser, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(PATIENT)
    page = context.new_page()
    for path in (
        "/leaderboard/?columns=protocol&q=kimi",
        "/leaderboard/?columns=cost&density=compact",
        "/leaderboard/?sort=passkey",
    ):
        page.goto(f"{published_portal.url}{path}")
        _look(page, path)
    page.locator("a[aria-expanded]").first.click()
    page.locator(".board__opened").wait_for()
    page.locator("summary", has_text="Filters").click()
    _look(page, "opened")
    context.close()


def _look(page: Page, what: str) -> None:
    """Both looks of the page as it stands."""
    page.emulate_media(color_scheme="light")
    light = Axe().run(page)
    page.emulate_media(color_scheme="dark")
    dark = Axe().run(page)
    for found in (light, dark):
        assert found.violations_count == 0, (what, found.generate_report())


# A4 lying down, less the margins that browsers leave, in CSS pixels.
PAPER = 1047


def test_the_table_is_printed_whole(published_portal: Portal, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": PAPER, "height": 720})
    page = context.new_page()
    page.emulate_media(media="print")

    page.goto(f"{published_portal.url}/leaderboard/")

    table = page.locator(".board table").first
    expect(table).to_be_visible()
    box = table.bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= PAPER
    expect(page.locator("#filters")).to_be_hidden()
    expect(page.get_by_role("button", name="Compare selected")).to_be_hidden()
    context.close()


@pytest.mark.parametrize("width", [360, 2560])
def test_no_window_is_too_narrow_or_too_wide(
    published_portal: Portal, browser: Browser, width: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    for path in ("/", "/leaderboard/", "/leaderboard/?columns=cost&density=compact", "/tasks/"):
        page.goto(f"{published_portal.url}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    context.close()
