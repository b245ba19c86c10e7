"""A new user's walk in a browser: sign up, upload, watch, read the board."""

import json
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from scoring import SUITES
from tests import needs
from tests.portal import Portal

SUITE = SUITES["infinitebench"]


def official_means(model: str) -> dict[str, float]:
    """The authors' own scores of a published model, by task."""
    scores = json.loads((needs.shared_data() / "official" / "scores.json").read_text())
    return {
        task: scores[f"{model}/{task}"]["mean"]["88b3daa"]
        for task in SUITE.slugs
        if f"{model}/{task}" in scores
    }


@pytest.fixture
def page(browser: Browser) -> Page:
    """A fresh visitor."""
    return browser.new_context(viewport={"width": 1440, "height": 900}).new_page()


def sign_up(page: Page, url: str, email: str) -> None:
    """Make an account as a person does."""
    page.goto(f"{url}/accounts/signup/")
    page.get_by_label("E-mail").fill(email)
    page.locator("input[name=password1]").fill("correct horse battery")
    page.locator("input[name=password2]").fill("correct horse battery")
    page.locator("main button[type=submit]").click()
    page.wait_for_load_state()


@pytest.mark.needs_data
@pytest.mark.needs_browser
@pytest.mark.slow
def test_kimis_zip_reads_on_the_board_as_the_authors_score_it(
    published_portal: Portal, page: Page, tmp_path: Path
) -> None:
    folder = needs.shared_data() / "published" / "kimi"
    archive = tmp_path / "kimi.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted(folder.iterdir()):
            packed.write(path, f"kimi/{path.name}")
    sign_up(page, published_portal.url, "walker@example.org")

    page.goto(f"{published_portal.url}/submit/")
    page.locator("input[name=name]").fill("Kimi again")
    page.locator("input[type=file]").set_input_files(archive)
    page.get_by_role("button", name="Submit").click()
    page.wait_for_url("**/s/*/")
    expect(page.get_by_text("scored", exact=False).first).to_be_visible(timeout=60_000)
    page.goto(f"{published_portal.url}/leaderboard/?scorer=official-2024-06")

    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="Kimi again"))
    shown = row.inner_text()
    for task, mean in official_means("kimi").items():
        if mean >= 0.001:
            assert f"{100 * mean:.1f}" in shown, (task, mean, shown)
