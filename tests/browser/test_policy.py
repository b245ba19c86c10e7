"""In a real browser: no page breaks its own policy, and no text that somebody chose ever runs."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser

from tests import make
from tests.browser.hostile import FILES, MARKUP, PAGES, WORLD
from tests.browser.policy import Listener
from tests.browser.site import Site
from tests.browser.site_pages import visits
from tests.portal import Portal, running_portal

pytestmark = [pytest.mark.needs_browser, pytest.mark.slow]


@dataclass(frozen=True, slots=True)
class Hostile:
    """A portal full of scripts, an organizer's session, and names for addresses."""

    portal: Portal
    session: Any
    names: dict[str, str]

    def url(self, path: str) -> str:
        return self.portal.url + path.format_map(self.names)


@pytest.fixture(scope="module")
def hostile(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hostile]:
    state: Path = tmp_path_factory.mktemp("hostile") / "state"
    with running_portal(state, OFFLINE_RELEASE="false") as portal:
        printed = portal.manage("shell", "-v", "0", "-c", WORLD)
        names = json.loads(printed.split("NAMES ")[1].splitlines()[0])
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"{portal.url}/accounts/login/")
        page.locator("input[name=login]").fill("hostile@example.org")
        page.locator("input[name=password]").fill(make.PASSWORD)
        page.locator("main button[type=submit]").first.click()
        page.wait_for_url(f"{portal.url}/mine/")
        session = context.storage_state()
        context.close()
        yield Hostile(portal, session, names)


@pytest.mark.needs_data
@pytest.mark.xdist_group("published")
def test_no_page_breaks_its_policy(site: Site, browser: Browser) -> None:
    contexts = site.contexts(browser)
    listeners = {who: Listener(one) for who, one in contexts.items()}

    found = {
        visit: wrong
        for visit in visits()
        if (wrong := listeners[visit.who].visit(site.url(visit.path))[1])
    }

    for context in contexts.values():
        context.close()
    assert not found


@pytest.mark.xdist_group("hostile")
def test_nothing_that_somebody_wrote_runs_on_any_page(hostile: Hostile, browser: Browser) -> None:
    context = browser.new_context(storage_state=hostile.session)
    listener = Listener(context)
    found, shown = {}, 0
    for path in PAGES:
        status, wrong = listener.visit(hostile.url(path))
        shown += listener.page.get_by_text("onerror=document").count() > 0
        if status >= 500 or wrong or listener.has_run():
            found[path] = (status, wrong)
    context.close()

    assert not found
    assert shown > 15, "the texts are hardly shown: the test looks past them"


@pytest.mark.xdist_group("hostile")
def test_nothing_runs_in_what_a_page_fetches(hostile: Hostile, browser: Browser) -> None:
    """Opened rows and charts are put into the page by scripts of ours."""
    context = browser.new_context(storage_state=hostile.session)
    listener = Listener(context)
    listener.visit(hostile.url("/leaderboard/"))
    listener.page.locator("a[aria-expanded]").first.click()
    listener.page.locator(".board__opened").wait_for()
    listener.page.wait_for_timeout(1_000)
    opened = list(listener.errors)
    listener.visit(hostile.url("/models/{model}/"))
    listener.page.locator("[data-explore]").first.click()
    listener.page.wait_for_timeout(4_000)
    errors, ran = listener.errors, listener.has_run()
    context.close()

    assert not opened + errors
    assert not ran


@pytest.mark.xdist_group("hostile")
@pytest.mark.parametrize("path", FILES)
def test_nothing_runs_in_a_file(hostile: Hostile, browser: Browser, path: str) -> None:
    cookies = {one["name"]: one["value"] for one in hostile.session["cookies"]}
    answer = requests.get(hostile.url(path), cookies=cookies, timeout=60)

    assert answer.status_code == 200
    kind = answer.headers["content-type"]
    assert "html" not in kind
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    if "xml" in kind:
        assert "<img" not in answer.text
        assert "<script" not in answer.text


@pytest.mark.xdist_group("hostile")
def test_no_cell_of_a_file_is_a_formula(hostile: Hostile) -> None:
    text = requests.get(hostile.url("/leaderboard.csv"), timeout=60).text

    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]

    assert any("HYPERLINK" in cell for cell in cells)
    assert any(MARKUP in cell for cell in cells)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "\t", "\r"))]


@pytest.mark.xdist_group("hostile")
def test_the_listener_hears_what_a_policy_refuses(hostile: Hostile, browser: Browser) -> None:
    """Else the tests above would pass whatever happened."""
    context = browser.new_context()
    listener = Listener(context)
    listener.visit(hostile.url("/"))
    listener.page.evaluate("""() => {
      const script = document.createElement('script');
      script.textContent = 'document.documentElement.dataset.ran = 1';
      document.body.append(script);
      const image = document.createElement('div');
      image.innerHTML = '<img src=x onerror=document.documentElement.dataset.ran=1>';
      document.body.append(image);
    }""")
    listener.page.wait_for_timeout(300)
    refused, ran = listener.page.evaluate("window.__refused.length"), listener.has_run()
    context.close()

    assert refused >= 2
    assert listener.errors
    assert not ran
