"""Signing up and in as people do: mail, password, authenticator app, passkey, recovery code."""

import base64
import hashlib
import hmac
import re
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests import make
from tests.portal import Portal, running_portal, wait_until

pytestmark = [
    pytest.mark.needs_browser,
    pytest.mark.slow,
    pytest.mark.xdist_group("accounts"),
]


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A portal whose mail is written into files, and where signing in elsewhere is set up."""
    folder = tmp_path_factory.mktemp("portal")
    carrier = "django.core.mail.backends.filebased.EmailBackend"
    more = {"GITHUB_CLIENT_ID": "x", "GITHUB_CLIENT_SECRET": "y", "SWEEP_SECONDS": "1"}
    mails = folder / "mails"
    more |= {"EMAIL_BACKEND": carrier, "EMAIL_FILE_PATH": str(mails)}
    with running_portal(folder / "state", **more) as portal:
        # Passkeys belong to a name, never to a numeric address.
        portal.url = portal.url.replace("127.0.0.1", "localhost")
        portal.env["MAILS"] = str(mails)
        yield portal


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh visitor; what a page's policy forbids is an error here."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    refused: list[str] = []

    def _note(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            refused.append(message.text)

    page.on("console", _note)
    yield page
    context.close()
    assert not refused


def link_in_mail(portal: Portal, email: str, path: str) -> str:
    """The address below `path` in a mail to `email`, once a worker has sent it."""

    def _find() -> str | None:
        for file in Path(portal.env["MAILS"]).glob("*.log"):
            text = file.read_text(encoding="utf-8")
            found = re.search(rf"http://\S+{path}\S+", text) if f"To: {email}" in text else None
            if found:
                return found[0]
        return None

    return wait_until(_find, seconds=60, what=f"a mail to {email}")


def sign_up(page: Page, portal: Portal, email: str) -> None:
    """Make an account and confirm its address through the link in the mail."""
    page.goto(f"{portal.url}/accounts/signup/")
    page.locator("input[name=email]").fill(email)
    page.locator("input[name=password1]").fill(make.PASSWORD)
    page.locator("input[name=password2]").fill(make.PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/mine/")
    page.goto(link_in_mail(portal, email, "/accounts/confirm-email/"))
    page.get_by_role("button", name="Yes, confirm").click()
    page.wait_for_load_state()


def sign_out(page: Page, portal: Portal) -> None:
    page.goto(f"{portal.url}/accounts/logout/")
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/leaderboard/")


def sign_in(page: Page, portal: Portal, email: str) -> None:
    page.goto(f"{portal.url}/accounts/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(make.PASSWORD)
    page.locator("main form button[type=submit]").first.click()


def confirm_password(page: Page) -> None:
    """Where the site asks whether it is still the same person."""
    if "/reauthenticate/" in page.url:
        page.locator("input[name=password]").fill(make.PASSWORD)
        page.locator("main form button[type=submit]").first.click()
        page.wait_for_load_state()


def totp(secret: str, at: float) -> str:
    """A code as an authenticator app shows it.  Source: RFC 6238, appendix A."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(at) // 30), hashlib.sha1)
    place = digest[-1] & 15
    number = struct.unpack(">I", digest[place : place + 4])[0] & 0x7FFF_FFFF
    return f"{number % 1_000_000:06d}"


def authenticator_of(page: Page) -> Any:
    """A passkey device, as Chromium's own tests have it."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session


def test_an_authenticator_app_then_a_recovery_code(portal: Portal, page: Page) -> None:
    sign_up(page, portal, "app@example.org")

    page.goto(f"{portal.url}/accounts/2fa/totp/activate/")
    confirm_password(page)
    secret = page.locator("#authenticator_secret").inner_text()
    used = time.time() - 30
    page.locator("input[name=code]").fill(totp(secret, used))
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()
    page.goto(f"{portal.url}/accounts/2fa/recovery-codes/")
    codes = page.locator("#recovery_codes").inner_text().split()
    assert len(codes) == 10
    sign_out(page, portal)

    sign_in(page, portal, "app@example.org")
    page.wait_for_url("**/2fa/authenticate/")
    page.locator("input[name=code]").fill(totp(secret, time.time()))
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/mine/")
    sign_out(page, portal)

    sign_in(page, portal, "app@example.org")
    page.locator("input[name=code]").fill("000000")
    page.locator("main form button[type=submit]").first.click()
    expect(page.locator(".errorlist").first).to_be_visible()
    page.locator("input[name=code]").fill(codes[0])
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/mine/")


def test_a_passkey_signs_in_without_a_password(portal: Portal, page: Page) -> None:
    authenticator_of(page)
    sign_up(page, portal, "key@example.org")

    page.goto(f"{portal.url}/accounts/2fa/webauthn/add/")
    confirm_password(page)
    page.locator("input[name=name]").fill("My laptop")
    page.locator("input[name=passwordless]").check()
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url("**/2fa/recovery-codes/**")
    page.goto(f"{portal.url}/accounts/2fa/webauthn/")
    expect(page.get_by_role("rowheader", name="My laptop")).to_be_visible()
    sign_out(page, portal)

    page.goto(f"{portal.url}/accounts/login/")
    page.locator("#passkey_login").click()
    page.wait_for_url("**/mine/")


def test_a_password_is_set_anew_through_the_mail(portal: Portal, page: Page) -> None:
    sign_up(page, portal, "forgot@example.org")
    sign_out(page, portal)

    page.goto(f"{portal.url}/accounts/password/reset/")
    page.locator("input[name=email]").fill("forgot@example.org")
    page.locator("main form button[type=submit]").click()
    page.goto(link_in_mail(portal, "forgot@example.org", "/accounts/password/reset/key/"))
    for name in ("password1", "password2"):
        page.locator(f"input[name={name}]").fill("another horse battery")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/done/**")
    page.goto(f"{portal.url}/accounts/login/")
    page.locator("input[name=login]").fill("forgot@example.org")
    page.locator("input[name=password]").fill("another horse battery")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/mine/")


PAGES = (
    "/accounts/email/",
    "/accounts/2fa/",
    "/accounts/2fa/totp/activate/",
    "/accounts/2fa/webauthn/",
    "/accounts/2fa/webauthn/add/",
    "/accounts/3rdparty/",
    "/account/organizations/",
    "/account/notices/",
    "/account/data/",
)


def test_account_pages_are_for_everybody(portal: Portal, page: Page) -> None:
    page.goto(f"{portal.url}/accounts/login/")
    faults = {"/accounts/login/": Axe().run(page).response["violations"]}
    expect(page.get_by_role("button", name="GitHub")).to_be_visible()
    sign_up(page, portal, "axe@example.org")
    for path in PAGES:
        page.goto(f"{portal.url}{path}")
        confirm_password(page)
        faults[path] = Axe().run(page).response["violations"]

    named = {path: [one["id"] for one in found] for path, found in faults.items() if found}
    assert not named
