"""Takes pictures of every page, wide and narrow, light and dark, into build/screenshots.

    make screenshots

Needs Chromium, and the authors' predictions at ../shared/data for real rows.
"""

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests import needs
from tests.conftest import CHROMIUM_FLAGS
from tests.portal import ROOT, Portal, running_portal, sign_up, wait_until

OUT = ROOT / "build" / "screenshots"
WIDTHS = (1440, 390)
THEMES = ("light", "dark")


def pages(portal: Portal) -> dict[str, str]:
    """Name and path of every page; rows of a published model stand for all."""
    ids = dict(
        portal.query(
            "SELECT m.slug, s.public_id FROM submissions_submission s"
            " JOIN submissions_modelentry m ON m.id = s.model_id"
        )
    )
    kimi, gpt4 = ids["kimi"], ids["gpt4"]
    return {
        "home": "/",
        "leaderboard": "/leaderboard/",
        "leaderboard-portal-1": "/leaderboard/?scorer=portal-1",
        "model": "/models/gpt4/",
        "submission": f"/s/{kimi}/",
        "examples": f"/s/{kimi}/examples/longbook_qa_chn/",
        "compare": f"/compare?s={gpt4},{kimi}",
        "compare-examples": f"/compare/examples?s={gpt4},{kimi}&task=longbook_choice_eng",
        "queue": "/queue/",
        "signup": "/accounts/signup/",
        "login": "/accounts/login/",
        "password-reset": "/accounts/password/reset/",
        "missing": "/nowhere/",
        "submit": "/submit/",
        "mine": "/mine/",
        "tokens": "/account/tokens/",
    }


def take(browser: Browser, portal: Portal) -> None:
    """Visit each page in each look; the last three as somebody who is signed in."""
    for theme in THEMES:
        for width in WIDTHS:
            context = browser.new_context(
                viewport={"width": width, "height": 900},
                color_scheme="dark" if theme == "dark" else "light",
            )
            page = context.new_page()
            signed_in = False
            for name, path in pages(portal).items():
                if name == "submit" and not signed_in:
                    sign_up(page, portal.url, f"{theme}{width}@example.org")
                    signed_in = True
                page.goto(f"{portal.url}{path}")
                page.screenshot(path=OUT / f"{name}-{width}-{theme}.png", full_page=True)
            context.close()


def main() -> int:
    """Take all pictures and say where they are."""
    published = needs.shared_data() / "published"
    OUT.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as state,
        running_portal(Path(state)) as portal,
        sync_playwright() as playwright,
    ):
        portal.manage("import_published", str(published))
        stale = "SELECT count(*) FROM submissions_boardstate WHERE computed < wanted"
        wait_until(lambda: portal.query(stale) == [(0,)], seconds=120, what="intervals")
        browser = playwright.chromium.launch(executable_path=needs.chromium(), args=CHROMIUM_FLAGS)
        take(browser, portal)
        browser.close()
    sys.stdout.write(f"{len(list(OUT.glob('*.png')))} pictures in {OUT}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
