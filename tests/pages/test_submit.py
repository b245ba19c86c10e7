"""The way in on one page."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from submissions import limits
from submissions.models import ModelEntry, Submission
from tests import make
from tests.pages.make_pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("release")]
HTMX = {"HX-Request": "true"}
PATH = "/submit/one-page/"


@pytest.fixture
def builder() -> Client:
    """A signed-in builder of models."""
    return client_of(make.user())


def uploads(*named: tuple[str, io.BytesIO]) -> list[SimpleUploadedFile]:
    return [SimpleUploadedFile(name, stream.getvalue()) for name, stream in named]


def form(**fields: Any) -> dict[str, Any]:
    data = {"action": "submit", "name": "New Model", "visibility": "public", "weights": "open"}
    return data | {"files": uploads(*make.files())} | fields


def test_a_check_reports_and_stores_nothing(builder: Client) -> None:
    fields = form(action="check", name="", files=uploads(*make.files(make.SUITE.slugs[:11])))

    page = builder.post(PATH, fields)

    assert page.status_code == 200
    assert "11 of 12 tasks" in page.content.decode()
    assert f"Without {make.SUITE.tasks[11].name}" in page.content.decode()
    assert not Submission.objects.exists()
    assert not ModelEntry.objects.exists()


def test_a_submission_leads_to_its_page(builder: Client) -> None:
    answer = builder.post(PATH, form(parameters="7B", context_tokens="128K", note="n"))

    submission = Submission.objects.get()
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/s/{submission.public_id}/"
    assert submission.model.parameters == 7_000_000_000
    assert submission.model.context_tokens == 128_000
    assert (submission.note, submission.model.weights) == ("n", "open")


def test_htmx_is_sent_to_the_page(builder: Client) -> None:
    answer = builder.post(PATH, form(), headers=HTMX)

    assert answer.headers["HX-Redirect"] == Submission.objects.get().get_absolute_url()


def test_several_submissions_of_a_known_model(builder: Client) -> None:
    builder.post(PATH, form())
    slug = ModelEntry.objects.get().slug

    builder.post(PATH, form(name="", model=slug, files=uploads(*make.files(right=1))))

    assert Submission.objects.filter(model__slug=slug).count() == 2


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_refusal_lists_every_problem(builder: Client, headers: dict[str, str]) -> None:
    bad = io.BytesIO(b'{"id": 0, "prediction": 1}\nnot json\n')

    answer = builder.post(PATH, form(files=uploads(("preds_passkey.jsonl", bad))), headers=headers)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Refused: 2 problems" in page
    assert page.count(">preds_passkey.jsonl</td>") == 2
    assert ("<html" in page) is not bool(headers)
    assert not Submission.objects.exists()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": ""}, "Name the model"),
        ({"files": []}, "Choose at least one file"),
        ({"parameters": "many"}, "Write a whole number such as 7B"),
        ({"visibility": "secret"}, "Select a valid choice"),
        ({"model": "of-somebody-else"}, "Select a valid choice"),
        ({"link": "javascript:alert(1)"}, "Enter a valid URL"),
    ],
)
def test_a_field_that_is_not_right_says_so(
    builder: Client, fields: dict[str, Any], message: str
) -> None:
    answer = builder.post(PATH, form(**fields))

    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert not Submission.objects.exists()


def test_a_model_of_somebody_else_cannot_be_chosen(builder: Client) -> None:
    builder.post(PATH, form())
    slug = ModelEntry.objects.get().slug
    stranger = client_of(make.user("stranger@example.org"))

    answer = stranger.post(PATH, form(name="", model=slug))

    assert answer.status_code == 422
    assert slug not in stranger.get(PATH).content.decode()


def test_a_body_that_is_too_large_is_refused_unread(builder: Client) -> None:
    length = str(limits.UPLOAD_COMPRESSED_BYTES * 2)

    answer = builder.post(PATH, form(), CONTENT_LENGTH=length)

    assert answer.status_code == 413
    assert "64.0" in answer.content.decode()


def test_a_post_without_token_is_refused(builder: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = builder.cookies

    answer = strict.post(PATH, form())

    assert answer.status_code == 403
    assert "This form is no longer valid" in answer.content.decode()
    assert not Submission.objects.exists()


@pytest.mark.parametrize("number", ["9" * 1_100_000, "9" * 400, "1e9", "-1", "0", "1.5", "٧"])
def test_what_is_no_count_is_said_at_its_field(builder: Client, number: str) -> None:
    page = builder.post(PATH, form(parameters=number))

    assert page.status_code == 422
    assert "Write a whole number such as 7B" in page.content.decode()
