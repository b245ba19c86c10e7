"""The offline release in a browser: download sample predictions, upload them, read the row."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.portal import running_portal, sign_up


@pytest.mark.needs_browser
@pytest.mark.slow
def test_sample_predictions_of_a_new_portal_become_ranked_rows(
    browser: Browser, tmp_path: Path
) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(60_000)
    with running_portal(tmp_path / "state") as portal:
        sign_up(page, portal.url, "newcomer@example.org")
        for name, link in (("Constant", "A constant answer"), ("Reader", "A reader")):
            page.goto(f"{portal.url}/submit/")
            page.locator("main").get_by_role("link", name="data page").click()
            page.get_by_role("link", name="Offline mini, 4k tokens").click()
            with page.expect_download() as download:
                page.get_by_role("link", name=link, exact=True).click()
            file = tmp_path / download.value.suggested_filename
            download.value.save_as(file)

            page.goto(f"{portal.url}/submit/one-page/")
            page.locator("input[name=name]").fill(name)
            page.locator("input[type=file]").set_input_files(file)
            page.get_by_role("button", name="Submit", exact=True).click()
            page.wait_for_url("**/s/*/")
            expect(page.get_by_text("Scored", exact=True).first).to_be_visible(timeout=120_000)

        page.goto(f"{portal.url}/leaderboard/?track=offline-mini&scorer=portal-1")
        expect(page.locator("main").get_by_role("link", name="Reader").first).to_be_visible()
        shown = page.locator("main").inner_text()
        # Ranked, the better baseline first.
        assert 0 <= shown.find("Reader") < shown.find("Constant")
        ranks = portal.query(
            "SELECT m.name, s.rank FROM submissions_standing s"
            " JOIN submissions_submission u ON u.id = s.submission_id"
            " JOIN submissions_modelentry m ON m.id = u.model_id"
            " WHERE s.scorer = 'portal-1' AND s.board = 'offline-mini'"
        )
        assert dict(ranks) == {"Reader": 1, "Constant": 2}
        # The authors' table is another board, and none of these rows is on it.
        page.goto(f"{portal.url}/leaderboard/")
        expect(page.get_by_role("link", name="Reader", exact=True)).to_have_count(0)
    context.close()
