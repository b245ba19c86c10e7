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
from tests.browser.site import Site, make_site  # noqa: E402
from tests.browser.site_pages import Visit, visits  # noqa: E402
from tests.conftest import CHROMIUM_FLAGS, SIGN_IN_WITH  # noqa: E402
from tests.portal import ROOT, running_portal, wait_ranked  # noqa: E402

OUT = ROOT / "build" / "screenshots"
WIDTHS = (1440, 390)


def name_of(visit: Visit) -> str:
    """A picture's file name: its page's path in words, and who else than its owner looks."""
    words = re.sub(r"[^a-z0-9]+", "-", visit.path.lower()).strip("-")[:60] or "home"
    return f"{words}-{visit.who}" if visit.who in {"guest", "guarded"} else words


def take(browser: Browser, site: Site) -> None:
    """Visit each page in each width and look, as whoever sees most there."""
    for width in WIDTHS:
        # A change of colours that is under way would be in the picture.
        size = {"width": width, "height": 900}
        contexts = site.contexts(browser, viewport=size, reduced_motion="reduce")
        pages = {who: context.new_page() for who, context in contexts.items()}
        for visit in visits():
            page = pages[visit.who]
            page.emulate_media(color_scheme="light")
            if site.visit(page, visit) is None:
                continue
            for theme in ("light", "dark"):
                page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
                file = OUT / f"{name_of(visit)}-{width}-{theme}.png"
                page.screenshot(path=file, full_page=True)
        for context in contexts.values():
            context.close()


def main() -> int:
    """Take all pictures and say where they are."""
    published = needs.shared_data() / "published"
    OUT.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as state,
        running_portal(Path(state) / "state", **SIGN_IN_WITH) as portal,
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
