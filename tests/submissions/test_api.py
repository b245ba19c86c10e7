"""The API's doors: who may, what they get, and how they are told no."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from accounts.models import ApiToken, User
from submissions.limits import UPLOAD_REQUEST_BYTES
from submissions.models import Submission
from tests import make

pytestmark = pytest.mark.django_db
PATH = "/api/v1/submissions/"


def as_user(user: User) -> Client:
    """A script that carries the user's token."""
    token = ApiToken.objects.create(user, name="test")[1]
    return Client(headers={"authorization": f"Token {token}"})


def upload(client: Client, *, right: int = 3, **fields: Any) -> Any:
    """Post twelve files as one zip."""
    archive = SimpleUploadedFile("all.zip", make.zipped(make.files(right=right)))
    return client.post(PATH, {"files": archive, "model": "Scripted", **fields})


def test_an_upload_answers_with_its_address() -> None:
    make.release()

    answer = upload(as_user(make.user()))

    assert answer.status_code == 201
    assert answer.json()["status"] == "queued"
    assert answer["Location"].endswith(f"{PATH}{answer.json()['id']}/")


def test_a_dry_run_tells_and_stores_nothing() -> None:
    make.release()

    answer = upload(as_user(make.user()), dry_run="true")

    assert answer.status_code == 200
    assert answer.json()["release"] == "test"
    assert not Submission.objects.exists()


def test_anonymous_uploads_are_unauthorized() -> None:
    answer = upload(Client())

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Token")


def test_the_same_files_conflict() -> None:
    make.release()
    client = as_user(make.user())
    upload(client)

    answer = upload(client)

    assert (answer.status_code, answer.json()["code"]) == (409, "duplicate-upload")


@override_settings(SUBMISSIONS_PER_DAY=1)
def test_a_used_up_quota_says_when_to_come_back() -> None:
    make.release()
    client = as_user(make.user())
    upload(client)

    answer = upload(client, right=1)

    assert (answer.status_code, answer.json()["code"]) == (429, "quota-exceeded")
    assert 0 < int(answer["Retry-After"]) <= 86_400


def test_a_body_that_is_too_large_is_refused_unread() -> None:
    answer = as_user(make.user()).generic(
        "POST",
        PATH,
        b"x",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(UPLOAD_REQUEST_BYTES + 1),
    )

    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


def test_missing_fields_are_named() -> None:
    answer = as_user(make.user()).post(PATH, {})

    assert answer.status_code == 400
    assert {problem["field"] for problem in answer.json()["problems"]} == {"files", "model"}


@pytest.mark.parametrize("stranger", ["other", "anonymous"])
def test_a_private_submission_is_nobody_elses(stranger: str) -> None:
    make.release()
    private = make.submission(submitter=make.user(), visibility="private")
    client = as_user(make.user("other@example.org")) if stranger == "other" else Client()

    assert client.get(f"{PATH}{private.public_id}/").status_code == 404
    assert client.get(PATH).json().get("results", []) == []


def test_an_owner_reads_and_lists_a_private_submission() -> None:
    make.release()
    owner = make.user()
    private = make.submission(submitter=owner, visibility="private")
    client = as_user(owner)

    assert client.get(f"{PATH}{private.public_id}/").json()["visibility"] == "private"
    assert [one["id"] for one in client.get(PATH).json()["results"]] == [private.public_id]


@pytest.mark.parametrize("scorer", ["nonsense", "", "official-2024-06\x00"])
def test_an_unknown_scorer_is_a_bad_request(scorer: str) -> None:
    assert Client().get("/api/v1/board/", {"scorer": scorer}).status_code == 400


@pytest.mark.parametrize("name", ["\0", "te\0st"])
def test_a_release_with_a_nul_in_its_name_is_none(name: str) -> None:
    make.release()

    answer = upload(as_user(make.user()), release=name)

    assert answer.status_code == 422
    assert answer.json()["problems"][0]["field"] == "release"


@pytest.mark.parametrize("token", ["\xff\xfe", "", "a b", "é"])
def test_odd_bytes_are_no_token(token: str) -> None:
    answer = Client(headers={"authorization": f"Token {token}"}).get(PATH)

    assert answer.status_code == 401


def test_a_body_that_is_too_large_is_refused_before_a_session_is_asked_for_its_token() -> None:
    """To compare the tokens would read all of the body."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(make.user(), backend="django.contrib.auth.backends.ModelBackend")

    answer = client.generic(
        "POST",
        PATH,
        b"x",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(UPLOAD_REQUEST_BYTES + 1),
    )

    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
