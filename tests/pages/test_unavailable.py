"""A storage that refuses: a page that says what to do, nothing lost."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.files.storage import storages
from django.test import Client
from pytest_django import Settings

from submissions.models import Draft, ModelEntry, Release, Submission
from tests import make
from tests.pages.make_pages import client_of
from tests.pages.test_submit import PATH, form
from tests.pages.test_wizard import DECLARED, begin, fill, uploads

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _files_apart(settings: Settings, tmp_path: Path) -> None:
    content = settings.STORAGES["content"] | {"OPTIONS": {"location": str(tmp_path / "files")}}
    settings.STORAGES = settings.STORAGES | {"content": content}


@pytest.fixture
def builder(release: Release) -> Client:
    """A signed-in builder of models."""
    return client_of(make.user())


@contextmanager
def refusing_storage() -> Iterator[None]:
    """A file stands where the storage's folder was: nothing can be written or read."""
    root = Path(storages["content"].path(""))
    root.mkdir(parents=True, exist_ok=True)
    away = root.rename(root.with_name("away"))
    root.write_bytes(b"")
    try:
        yield
    finally:
        root.unlink()
        away.rename(root)


def test_a_draft_whose_files_cannot_be_kept_stays_as_it_was_and_takes_them_later(
    builder: Client,
) -> None:
    path = begin(builder)
    builder.post(f"{path}model/", {"name": "New Model"})
    builder.post(f"{path}protocol/", DECLARED)

    with refusing_storage():
        refused = builder.post(f"{path}upload/", uploads())
        swapped = builder.post(f"{path}upload/", uploads(), headers=HTMX)

    assert [refused.status_code, swapped.status_code] == [503, 503]
    assert refused.headers["Retry-After"] == "60"
    assert "a draft keeps every step" in refused.text
    assert re.search('<section[^>]* id="refusal"', swapped.text)
    assert "HX-Reswap" not in swapped.headers
    assert not Draft.objects.get().files.exists()
    assert builder.post(f"{path}upload/", uploads()).status_code == 302
    assert builder.post(f"{path}review/", {"visibility": "public"}).status_code == 302
    assert Submission.objects.get().model.name == "New Model"


def test_a_draft_that_cannot_be_read_now_is_not_said_to_be_gone(builder: Client) -> None:
    path = begin(builder)
    fill(builder, path)

    with refusing_storage():
        refused = builder.post(f"{path}review/", {"visibility": "public"})

    assert refused.status_code == 503
    assert not Submission.objects.exists()
    assert builder.post(f"{path}review/", {"visibility": "public"}).status_code == 302


def test_an_upload_that_cannot_be_kept_makes_neither_submission_nor_model(builder: Client) -> None:
    with refusing_storage():
        refused = builder.post(PATH, form())

    assert refused.status_code == 503
    assert not Submission.objects.exists()
    assert not ModelEntry.objects.exists()
    assert builder.post(PATH, form()).status_code == 302


def test_what_cannot_be_read_now_is_not_said_to_be_missing(builder: Client) -> None:
    submission = make.submission()
    path = f"/s/{submission.public_id}/files/{submission.files.all()[0].sha256}/"
    with refusing_storage():
        answer = builder.get(path, headers={"Accept-Language": "zh-CN", **HTMX})

    assert answer.status_code == 503
    assert '<html lang="zh-hans">' in answer.text
    assert "重新加载页面" in answer.text
    # What a page asks for again and again leaves what is shown.
    assert answer.headers["HX-Reswap"] == "none"
    assert builder.get(path).status_code == 200
