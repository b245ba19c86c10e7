"""A new user's walk in a browser: sign up, upload, watch, read the board."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import authors
from tests.portal import Portal, sign_up


@pytest.fixture
def page(browser: Browser) -> Page:
    """A fresh visitor."""
    return browser.new_context(viewport={"width": 1440, "height": 900}).new_page()


@pytest.mark.needs_data
@pytest.mark.needs_browser
@pytest.mark.slow
@pytest.mark.xdist_group("published")
def test_kimis_zip_reads_on_the_board_as_the_authors_score_it(
    published_portal: Portal, page: Page, tmp_path: Path
) -> None:
    archive = authors.zip_of("kimi", tmp_path)
    sign_up(page, published_portal.url, "walker@example.org")

    page.goto(f"{published_portal.url}/submit/one-page/")
    page.locator("input[name=name]").fill("Kimi again")
    page.locator("input[type=file]").set_input_files(archive)
    page.get_by_role("button", name="Submit").click()
    page.wait_for_url("**/s/*/")
    expect(page.get_by_text("scored", exact=False).first).to_be_visible(timeout=60_000)
    page.goto(f"{published_portal.url}/leaderboard/?scorer=official-2024-06")

    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="Kimi again"))
    shown = row.inner_text()
    for task, mean in authors.means("kimi", "official-2024-06").items():
        if mean >= 0.001:
            assert f"{100 * mean:.1f}" in shown, (task, mean, shown)
