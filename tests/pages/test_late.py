"""A round's end at every door: what comes late is refused in the API as on the page."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import ApiToken
from submissions.models import Release, Round, Submission
from tests import make
from tests.pages.make_pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("release")]


def in_round(*, closes: timedelta) -> None:
    """Put the release into a blind round that closes so long from now."""
    now = timezone.now()
    spring = Round.objects.create(
        slug="spring",
        title="Spring",
        opens_at=now - timedelta(days=2),
        closes_at=now + closes,
        is_blind=True,
    )
    Release.objects.update(round=spring)


def uploads(named: list[tuple[str, io.BytesIO]]) -> list[SimpleUploadedFile]:
    return [SimpleUploadedFile(name, stream.getvalue()) for name, stream in named]


def by_api() -> Any:
    token = ApiToken.objects.create(make.user(), name="test")[1]
    script = Client(headers={"authorization": f"Token {token}"})
    data = {"files": uploads(make.files()), "model": "Late"}
    return script.post("/api/v1/submissions/", data)


def by_page() -> Any:
    data = {"action": "submit", "name": "Late", "visibility": "public", "weights": "open"}
    return client_of(make.user()).post("/submit/one-page/", data | {"files": uploads(make.files())})


@pytest.mark.parametrize(("door", "told"), [(by_api, 201), (by_page, 302)])
def test_what_comes_in_time_is_taken(door: Callable[[], Any], told: int) -> None:
    in_round(closes=timedelta(hours=1))

    assert door().status_code == told
    assert Submission.objects.count() == 1


@pytest.mark.parametrize("door", [by_api, by_page])
def test_what_comes_late_is_refused_with_its_reason(door: Callable[[], Any]) -> None:
    in_round(closes=timedelta(seconds=-1))

    answer = door()

    assert answer.status_code == 422
    assert "the round closed at" in answer.content.decode()
    assert not Submission.objects.exists()
