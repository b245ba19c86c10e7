"""Scores over length and depth, and examples on which two differ, for scripts: the pages' own."""

from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from submissions.models import Release
from submissions.series import series_releases
from tests import make
from tests.api.make_api import ROOT, script_of
from tests.pages.make_pages import scored
from tests.submissions.test_series import submit

pytestmark = pytest.mark.django_db
SERIES = f"{ROOT}/series/long/"
PASSKEY = "?scorer=portal-1&task=passkey"


@pytest.fixture
def releases() -> list[Release]:
    call_command("generate_release", name="long", tokens="256,1k", per_task=10, seed=3, verbosity=0)
    return series_releases("long")


def test_a_series_has_its_lengths_and_a_curve_a_model(releases: list[Release]) -> None:
    for release in releases:
        submit(release, chars=1300)

    found = Client().get(f"{SERIES}{PASSKEY}").json()
    average = Client().get(SERIES).json()

    assert [one["tokens"] for one in found["lengths"]] == [256, 1024]
    (curve,) = found["curves"]
    assert [(one["tokens"], one["score"]) for one in curve["points"]] == [(256, 1.0), (1024, 0.3)]
    assert (average["task"], average["curves"]) == (None, [])


def test_a_models_map_has_a_row_for_each_tenth_of_the_depth(releases: list[Release]) -> None:
    slug = {submit(release, chars=1300).model.slug for release in releases}.pop()

    found = Client().get(f"{SERIES}models/{slug}/{PASSKEY}").json()

    assert (found["lengths"], len(found["rows"])) == ([256, 1024], 10)
    assert [row[1]["score"] for row in found["rows"]] == [1.0] * 3 + [0.0] * 7


def test_a_private_submission_is_on_no_curve_and_no_map(releases: list[Release]) -> None:
    made = submit(releases[0], chars=1300, visibility="private")
    path = f"{SERIES}models/{made.model.slug}/{PASSKEY}"

    assert Client().get(f"{SERIES}{PASSKEY}").json()["curves"] == []
    assert Client().get(path).status_code == 404
    assert made.submitter is not None
    assert script_of(made.submitter).get(path).json()["rows"] == []


@pytest.mark.parametrize("path", ["none/", "none/models/none/", "long/models/none/"])
def test_what_is_none_is_not_found(releases: list[Release], path: str) -> None:
    assert Client().get(f"{ROOT}/series/{path}").status_code == 404


def pair(**options: Any) -> str:
    """Two submissions, of which one is right where the other is not, as `s` names them."""
    make.release()
    return ",".join(scored(model=f"M{right}", right=right, **options).public_id for right in (0, 2))


def test_examples_that_differ_stand_side_by_side() -> None:
    ids = pair()

    found = Client().get(f"{ROOT}/compare/examples/?s={ids}&task=passkey").json()

    assert (found["total"], found["common"], found["next"]) == (2, 3, None)
    assert [one["scores"] for one in found["results"]] == [[0.0, 1.0]] * 2
    assert found["results"][0]["predictions"][1] == found["results"][0]["answer"]


def test_hidden_answers_are_for_staff() -> None:
    path = f"{ROOT}/compare/examples/?s={pair()}&task=passkey"
    Release.objects.update(are_answers_public=False)
    staff = script_of(make.user("staff@example.org", is_staff=True))

    told, all_ = Client().get(path).json(), staff.get(path).json()

    assert (told["has_answers"], told["results"][0]["answer"]) == (False, None)
    assert (all_["has_answers"], all_["results"][0]["answer"] is None) == (True, False)


def test_private_examples_are_their_owners() -> None:
    owner = make.user()
    path = f"{ROOT}/compare/examples/?s={pair(submitter=owner, visibility='private')}&task=passkey"

    assert script_of(owner).get(path).json()["total"] == 2
    assert Client().get(path).status_code == 404
    assert script_of(make.user("x@example.org")).get(path).status_code == 404


@pytest.mark.parametrize("query", ["s=a&task=passkey", "s=a,b,c&task=passkey", "s=a,b", ""])
def test_two_submissions_and_a_task_are_named(query: str) -> None:
    assert Client().get(f"{ROOT}/compare/examples/?{query}").status_code == 400
