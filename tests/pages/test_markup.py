"""What holds for every page: no inline code, forms that post without JavaScript, landmarks."""

import re

import pytest
from django.template.loader import render_to_string
from django.test import Client

from submissions.models import Release
from tests import make
from tests.pages.make_pages import client_of, failed, reported, scored

pytestmark = pytest.mark.django_db
PATHS = [
    "/",
    "/leaderboard/",
    "/submit/",
    "/submit/one-page/",
    "/tasks/",
    "/tasks/passkey/",
    "/tasks/math_calc/",
    "/mine/",
    "/queue/",
    "/models/test-model/",
    "/models/printed/",
    "/account/tokens/",
    "/accounts/logout/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/nothing/",
    "scored",
    "open",
    "failed",
    "examples",
]
ANONYMOUS_PATHS = [
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/confirm-email/",
]
# A script of the type JSON holds data, which no browser runs.
INLINE = re.compile(
    r"<style|\sstyle=|<script(?![^>]*\s(?:src=|type=\"application/json\"))|\son[a-z]+=|javascript:",
    re.IGNORECASE,
)
SUBMIT = re.compile(r'<button[^>]*\stype="submit"[^>]*>')


def all_pages() -> dict[str, str]:
    """Every page by path, as its owner sees it."""
    reported("Printed", passkey=0.5)
    owner = make.user()
    one = scored(submitter=owner, right=2)
    paths = {path: path for path in PATHS}
    paths["scored"] = one.get_absolute_url()
    paths["examples"] = f"/s/{one.public_id}/examples/passkey/"
    paths["open"] = make.submission(submitter=owner, right=1).get_absolute_url()
    paths["failed"] = failed(submitter=owner, tasks=["passkey"]).get_absolute_url()
    client = client_of(owner)
    pages = {name: client.get(path).content.decode() for name, path in paths.items()}
    nobody = Client()
    return pages | {path: nobody.get(path).content.decode() for path in ANONYMOUS_PATHS}


@pytest.fixture
def pages(release: Release) -> dict[str, str]:
    """Every page, rendered."""
    return all_pages()


def test_no_page_has_code_or_style_in_it(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        assert INLINE.search(page) is None, (name, INLINE.search(page))


def test_every_form_works_without_javascript(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        for form in re.findall(r"<form.*?</form>", page, re.DOTALL):
            head = form[: form.index(">")]
            assert re.search(r'method="(?:get|post)"', head), (name, head)
            # A form's button may stand elsewhere on the page and name its form.
            named = re.search(r'\sid="([^"]+)"', head)
            elsewhere = f'form="{named[1]}"' if named else "<"
            buttons = SUBMIT.findall(page)
            assert SUBMIT.search(form) or any(elsewhere in one for one in buttons), (name, head)
            if 'method="post"' in head:
                assert "csrfmiddlewaretoken" in form, name


def test_every_page_has_one_heading_a_skip_link_and_a_title(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        assert page.count("<h1") == 1, name
        assert 'class="skip" href="#main"' in page, name
        assert re.search(r"<title>[^<]*∞-Bench", page), name


def test_ids_are_unique(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        ids = re.findall(r'\sid="([^"]+)"', page)
        assert len(ids) == len(set(ids)), (name, sorted({one for one in ids if ids.count(one) > 1}))


def test_every_table_has_a_caption_and_scoped_heads(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        assert page.count("<table") == page.count("<caption"), name
        assert not re.search(r"<th(?![^>]*scope=)[\s>]", page), name


def test_no_page_shows_nan_or_a_template_fault(pages: dict[str, str]) -> None:
    for name, page in pages.items():
        text = re.sub(r"<[^>]+>", " ", page)
        assert not re.search(r"\b(?:nan|inf|None(?! yet| of))\b", text), name
        assert "{{" not in text, name
        assert "{%" not in text, name


def test_the_page_of_last_resort_needs_nothing() -> None:
    page = render_to_string("500.html")

    assert "static" not in page
    assert INLINE.search(page) is None


def test_the_content_security_policy_is_sent(client: Client) -> None:
    policy = client.get("/leaderboard/").headers["Content-Security-Policy"]

    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "unsafe" not in policy
