"""The journeys of a visitor and of a submitter, each with JavaScript and without."""

import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import TimeoutError as NotInTime

from tests import authors
from tests.browser.site import Site
from tests.portal import sign_up

pytestmark = [
    pytest.mark.needs_data,
    pytest.mark.needs_browser,
    pytest.mark.slow,
    pytest.mark.xdist_group("published"),
]
# The machine may be busy with other tests.
PATIENCE_MS = 60_000


@pytest.fixture(params=[True, False], ids=["with-scripts", "without-scripts"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A fresh visitor."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, java_script_enabled=request.param
    )
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


def test_browse_from_the_front_page_to_an_example(site: Site, page: Page) -> None:
    page.goto(site.url("/"))
    page.get_by_role("link", name="Leaderboard").first.click()
    page.wait_for_url("**/leaderboard/**")
    page.locator("main").get_by_role("link", name="Kimi-Chat", exact=True).first.click()
    page.wait_for_url("**/models/**")
    page.locator(f'main a[href="{site.names["kimi"]}"], main a[href="/s/{site.names["kimi"]}/"]')
    page.goto(site.url("/s/{kimi}/"))
    page.get_by_role("link", name="Examples Zh.QA").click()
    page.wait_for_url("**/examples/longbook_qa_chn/**")

    expect(page.locator("article")).to_have_count(20)
    page.get_by_label("Show").select_option("wrong")
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url("**outcome=wrong**")
    expect(page.locator("article .badge.bad")).to_have_count(20)


def test_filter_the_board_and_export_what_is_left(site: Site, page: Page) -> None:
    page.goto(site.url("/leaderboard/"))

    page.get_by_role("searchbox").fill("kimi")
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url("**q=kimi**")
    expect(page.locator("#chips")).to_contain_text("kimi")
    expect(
        page.locator("main").get_by_role("link", name="Kimi-Chat", exact=True).first
    ).to_be_visible()
    assert not page.locator("main").get_by_role("link", name="GPT-4", exact=True).count()

    page.get_by_text("Export", exact=True).first.click()
    address = page.locator('a[href*="leaderboard.csv"]').first.get_attribute("href")
    assert address is not None
    exported = page.request.get(site.portal.url + address).text()
    assert "Kimi-Chat" in exported
    assert "GPT-4" not in exported


def test_compare_two(site: Site, page: Page) -> None:
    page.goto(site.url("/compare?s={gpt4},{kimi}"))

    expect(page.locator("table.gaps tbody tr").first).to_be_visible()
    page.locator("table.gaps a").first.click()
    page.wait_for_url("**/compare/examples**")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_change_the_language_and_come_back(site: Site, page: Page) -> None:
    page.goto(site.url("/queue/"))

    page.get_by_role("link", name="简体中文").click()
    page.wait_for_load_state()

    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
    assert page.url.endswith("/queue/")
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_sign_up_submit_publish_and_withdraw(site: Site, page: Page, tmp_path: Path) -> None:
    archive = authors.zip_of("kimi", tmp_path)
    sign_up(page, site.portal.url, f"{uuid.uuid4().hex[:8]}@example.org")

    page.goto(site.url("/submit/"))
    page.get_by_role("button", name="Begin").first.click()
    page.get_by_label("Name of a new model").fill("Journey")
    page.get_by_role("button", name="Save and go on").click()
    for name in ("prompt", "decoding", "truncation", "contamination"):
        page.locator(f"input[name={name}]").last.check()
    page.get_by_role("button", name="Save and go on").click()
    page.locator("input[type=file]").set_input_files(archive)
    page.get_by_role("button", name="Upload and check").click()
    expect(page.get_by_text("These files are fine: 12 of 12 tasks")).to_be_visible()
    _reload_until(page, "would rank")
    page.get_by_role("link", name="Go on to the review").click()
    page.get_by_label("Private: only you").check()
    page.get_by_role("button", name="Send the submission").click()
    page.wait_for_url("**/s/*/")
    _reload_until(page, "Manage this submission", gone="This page follows by itself")

    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("Published. You can undo this")).to_be_visible()
    page.get_by_role("button", name="Undo publishing").click()
    expect(page.get_by_text("Publishing is undone.")).to_be_visible()
    page.get_by_text("Withdraw this submission").click()
    page.get_by_label("Why").fill("A journey's end.")
    page.get_by_role("button", name="Withdraw", exact=True).click()
    expect(page.get_by_text("It is off the board; you can still see")).to_be_visible()


def _reload_until(page: Page, text: str, *, gone: str = "") -> None:
    """Wait for a text; where no script follows, the reader loads the page again."""
    for _ in range(60):
        if page.get_by_text(text).count() and not (gone and page.get_by_text(gone).count()):
            return
        page.wait_for_timeout(1000)
        page.reload()
    raise AssertionError(f"never shown: {text}")


@pytest.mark.parametrize("page", [True], indirect=True, ids=["with-scripts"])
def test_the_keyboard_alone_completes_a_submission(site: Site, page: Page, tmp_path: Path) -> None:
    archive = authors.zip_of("kimi", tmp_path)
    sign_up(page, site.portal.url, f"{uuid.uuid4().hex[:8]}@example.org")
    page.goto(site.url("/submit/"))

    _tab_to(page, "button", "Begin")
    page.keyboard.press("Enter")
    page.wait_for_url("**/model/")
    _tab_to(page, "input", "name")
    page.keyboard.type("By keyboard")
    page.keyboard.press("Enter")
    page.wait_for_url("**/protocol/")
    for name in ("prompt", "decoding", "truncation", "contamination"):
        _tab_to(page, "input", name)
        page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**/upload/")
    _tab_to(page, "input", "files")
    _choose_file(page, archive)
    _tab_to(page, "button", "Upload and check")
    page.keyboard.press("Enter")
    expect(page.get_by_text("These files are fine")).to_be_visible()
    _tab_to(page, "a", "Go on to the review")
    page.keyboard.press("Enter")
    page.wait_for_url("**/review/")
    _tab_to(page, "input", "visibility")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    page.wait_for_url(re.compile(r"/s/\w+/$"))
    expect(page.locator("main .badge", has_text="private")).to_be_visible()


def _choose_file(page: Page, file: Path) -> None:
    """Open the focused field's chooser by a key; a busy browser may let a key pass unheard."""
    for wait in (5_000, 10_000, 60_000):
        try:
            with page.expect_file_chooser(timeout=wait) as chooser:
                page.keyboard.press("Enter")
        except NotInTime:
            continue
        chooser.value.set_files(file)
        return
    raise AssertionError("no key opened the file chooser")


def _tab_to(page: Page, tag: str, name: str) -> None:
    """Press Tab until a field of that name, or a control of that text, has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        found = page.evaluate(
            "(() => { const one = document.activeElement;"
            " return [one.tagName.toLowerCase(), one.name || '', one.textContent.trim()]; })()"
        )
        if found[0] == tag and name in found[1:]:
            return
    raise AssertionError(f"Tab never reached {tag} {name}")
