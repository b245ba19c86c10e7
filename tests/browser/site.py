"""A portal with rows of every kind, shown to whom they belong to: for pictures and checks."""

import json
import re
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, Response

from tests import authors
from tests.browser.site_pages import Visit
from tests.portal import Portal, sign_up

# Whom a person's uploads are shown to, by the end that each comes to.
_UPLOADS: Final = {"own": "unlisted", "failed": "private", "withdrawn": "unlisted"}
# Where an address leads that is a page all the same: its key goes into the session.
_LEADS_TO: Final = {
    "/accounts/password/reset/key/{reset}/": r"/accounts/password/reset/key/\w+-set-password/"
}


@dataclass(frozen=True, slots=True)
class Site:
    """A portal with rows of every kind, and the signed-in sessions of those whom they belong to."""

    portal: Portal
    sessions: dict[str, Any]
    names: dict[str, str]

    @property
    def session(self) -> Any:
        """That of the person with rows of every kind."""
        return self.sessions["owner"]

    def url(self, path: str) -> str:
        """A page's address on this portal."""
        return self.portal.url + path.format_map(self.names)

    def contexts(self, browser: Browser, **options: Any) -> dict[str, BrowserContext]:
        """A browser of each person, and of nobody."""
        states = {"": None, **self.sessions}
        return {
            who: browser.new_context(storage_state=state, **options)
            for who, state in states.items()
        }

    def visit(self, page: Page, visit: Visit) -> Response | None:
        """Open a page; None if that is no whole page, but a file or a part of one.

        Raises:
            AssertionError: if another page answers.
        """
        answer = page.goto(self.url(visit.path))
        assert answer is not None, visit
        came = urlsplit(page.url).path
        asked = urlsplit(self.url(visit.path)).path
        assert re.fullmatch(_LEADS_TO.get(visit.path, re.escape(asked)), came), (visit, page.url)
        is_html = "text/html" in answer.headers.get("content-type", "")
        return answer if is_html and page.locator("header.mast").count() else None


def make_site(portal: Portal, browser: Browser, folder: Path) -> Site:
    """Fill a portal that holds the published predictions with one person's own rows."""
    series = ("--name", "mini", "--tokens", "4k,8k", "--per-task", "2", "--seed", "7")
    portal.manage("generate_release", *series, "--samples")
    email = f"pages-{uuid.uuid4().hex[:6]}@example.org"
    context = browser.new_context()
    page = context.new_page()
    sign_up(page, portal.url, email)
    token = portal.token(email)
    archive = authors.zip_of("kimi", folder).read_bytes()
    uploads = {}
    for name, visibility in _UPLOADS.items():
        model = f"My {name} model"
        uploads[name] = _upload(portal, token, archive, model=model, visibility=visibility)
    for length in ("4k", "8k"):
        sample = requests.get(f"{portal.url}/releases/mini-{length}/samples/reader.zip", timeout=60)
        more = {"model": "Three-quarters reader", "release": f"mini-{length}"}
        portal.wait_scored(token, _upload(portal, token, sample.content, **more))
    for public_id in uploads.values():
        portal.wait_scored(token, public_id)
    code = f"from tests.browser.site_rows import fill; fill({email!r}, {uploads!r})"
    made = json.loads(portal.manage("shell", "-v", "0", "-c", code).split("SITE ")[1])
    names = {**uploads, **made["names"], **_published(portal), "reader": "three-quarters-reader"}
    names["draft"] = _draft(page, portal, archive)
    context.close()
    states = {who: _state(portal, key) for who, key in made["sessions"].items()}
    return Site(portal, states, names)


def _upload(portal: Portal, token: str, archive: bytes, **fields: str) -> str:
    """The public id of a new submission."""
    answer = portal.upload(token, "predictions.zip", archive, **fields)
    assert answer.ok, answer.text
    return str(answer.json()["url"]).rstrip("/").rsplit("/", 1)[-1]


def _state(portal: Portal, key: str) -> Any:
    """A session as a browser keeps it."""
    host = urlsplit(portal.url).hostname
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": key, "domain": host, "path": "/"}
    more = {"expires": -1, "httpOnly": True, "secure": False, "sameSite": "Lax"}
    return {"cookies": [cookie | more], "origins": []}


def _published(portal: Portal) -> dict[str, str]:
    """Public ids of the authors' submissions, by their models' addresses."""
    rows = portal.query(
        "SELECT m.slug, s.public_id FROM submissions_submission s"
        " JOIN submissions_modelentry m ON m.id = s.model_id WHERE s.provenance = 'authors'"
    )
    return {slug.replace("-", "_"): public_id for slug, public_id in rows}


def _draft(page: Any, portal: Portal, archive: bytes) -> str:
    """A draft whose files a worker has tried."""
    page.goto(f"{portal.url}/submit/")
    page.get_by_role("button", name="Begin").first.click()
    page.locator("input[name=name]").fill("A draft of mine")
    page.get_by_role("button", name="Save and go on").click()
    for name in ("prompt", "decoding", "truncation", "contamination"):
        page.locator(f"input[name={name}]").first.check()
    page.get_by_role("button", name="Save and go on").click()
    file = {"name": "kimi.zip", "mimeType": "application/zip", "buffer": archive}
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Upload and check").click()
    page.get_by_text("would rank").first.wait_for(timeout=120_000)
    return str(page.url).rstrip("/").rsplit("/", 2)[-2]
