"""Takes pictures of every page, wide and narrow, light and dark, into build/screenshots.

    make screenshots

Needs Chromium, and the authors' predictions at ../shared/data for real rows.
"""

import os
import re
import sys
import tempfile
from pathlib import Path

import django
from playwright.sync_api import Browser, sync_playwright

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmark_site.settings")
django.setup()

from tests import needs  # noqa: E402  Needs Django's settings, as the rest below.
from tests.browser.site import SIGNED_OUT, Site, make_site, paths, wait_ranked  # noqa: E402
from tests.conftest import CHROMIUM_FLAGS  # noqa: E402
from tests.portal import ROOT, running_portal  # noqa: E402

OUT = ROOT / "build" / "screenshots"
WIDTHS = (1440, 390)


def name_of(path: str) -> str:
    """A page's file name: its path in words."""
    return re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-")[:60] or "home"


def take(browser: Browser, site: Site) -> None:
    """Visit each page in each width and look, signed in where that shows more."""
    for width in WIDTHS:
        for is_signed_in in (False, True):
            context = browser.new_context(
                viewport={"width": width, "height": 900},
                storage_state=site.session if is_signed_in else None,
                # A change of colours that is under way would be in the picture.
                reduced_motion="reduce",
            )
            page = context.new_page()
            for path in paths():
                if is_signed_in is bool(SIGNED_OUT.match(path)):
                    continue
                page.emulate_media(color_scheme="light")
                answer = page.goto(site.url(path))
                if answer is None or "html" not in answer.headers.get("content-type", ""):
                    continue
                for theme in ("light", "dark"):
                    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
                    file = OUT / f"{name_of(path)}-{width}-{theme}.png"
                    page.screenshot(path=file, full_page=True)
            context.close()


def main() -> int:
    """Take all pictures and say where they are."""
    published = needs.shared_data() / "published"
    OUT.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as state,
        running_portal(Path(state) / "state") as portal,
        sync_playwright() as playwright,
    ):
        portal.manage("import_published", str(published))
        browser = playwright.chromium.launch(executable_path=needs.chromium(), args=CHROMIUM_FLAGS)
        site = make_site(portal, browser, Path(state))
        wait_ranked(portal)
        take(browser, site)
        browser.close()
    sys.stdout.write(f"{len(list(OUT.glob('*.png')))} pictures in {OUT}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
