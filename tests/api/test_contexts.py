"""Where a script gets the files of a generated release: whole ones, and those of secret answers."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from submissions.models import Release, Round
from tests import make
from tests.api.make_api import ROOT, script_of

pytestmark = pytest.mark.django_db


def generate(**options: Any) -> str:
    call_command("generate_release", name="fresh", tokens="256", per_task=1, verbosity=0, **options)
    return f"{ROOT}/releases/fresh/files/"


def rows(url: str) -> list[dict[str, Any]]:
    """The lines that anybody who has the address gets."""
    answer = Client().get(url)
    assert answer.status_code == 200, answer
    return [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]  # type: ignore[attr-defined]


def test_public_files_are_whole_and_anybodys() -> None:
    found = Client().get(generate(seed="1")).json()

    assert (found["with_answers"], found["works_for_seconds"]) == (True, None)
    assert len(found["files"]) == 12
    assert all("answer" in rows(one["url"])[0] for one in found["files"])


def test_secret_ones_are_handed_to_who_is_signed_in_without_answers() -> None:
    path = generate(private=True)

    refused = Client().get(path)
    answer = script_of(make.user()).get(path)

    assert (refused.status_code, refused.json()["code"]) == (401, "not-authenticated")
    assert answer["Cache-Control"] == "private, no-store"
    assert answer.json()["works_for_seconds"] == 24 * 3600
    for one in answer.json()["files"]:
        assert "answer" not in rows(one["url"])[0]
        assert Client().get(one["url"].split("?")[0]).status_code == 403


def test_nobody_gets_them_before_their_round_opens() -> None:
    path = generate(private=True)
    soon = timezone.now() + timedelta(hours=1)
    spring = Round.objects.create(
        slug="spring", title="Spring", opens_at=soon, closes_at=soon + timedelta(hours=1)
    )
    Release.objects.update(round=spring)

    assert script_of(make.user()).get(path).json()["files"] == []


def test_a_release_that_was_not_generated_has_none() -> None:
    make.release()

    assert script_of(make.user()).get(f"{ROOT}/releases/test/files/").status_code == 404
