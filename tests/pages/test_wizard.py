"""The way in, a step a page: a draft that is kept, tried and sent once."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.utils import timezone

from submissions import limits
from submissions.drafts import clean_drafts, send_draft
from submissions.models import (
    BoardEvent,
    Draft,
    ModelEntry,
    Release,
    Standing,
    Submission,
    TrialSlot,
)
from submissions.trials import due_trial, store_failed_trial
from tests import make
from tests.pages.make_pages import client_of, scored
from workers.tasks import evaluate, rank, tidy_drafts, try_draft

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
DECLARED = {
    "prompt": "own",
    "prompt_note": "shorter",
    "decoding": "greedy",
    "truncation": "middle",
    "contamination": "unknown",
}


@pytest.fixture
def builder(release: Release) -> Client:
    """A signed-in builder of models."""
    return client_of(make.user())


def begin(client: Client) -> str:
    """A new draft's address."""
    answer = client.post("/submit/", {"kind": "predictions"})
    assert answer.status_code == 302
    return str(answer.headers["Location"]).removesuffix("model/")


def uploads(**arguments: Any) -> dict[str, Any]:
    named = make.files(**arguments)
    return {"files": [SimpleUploadedFile(name, stream.getvalue()) for name, stream in named]}


def fill(client: Client, path: str, **files: Any) -> None:
    """Every step but the last."""
    client.post(f"{path}model/", {"name": "New Model", "parameters": "7B"})
    client.post(f"{path}protocol/", DECLARED)
    client.post(f"{path}upload/", uploads(**files))


def test_each_step_leads_to_the_next_and_the_last_to_the_submission(builder: Client) -> None:
    path = begin(builder)

    steps = [
        builder.post(f"{path}model/", {"name": "New Model", "parameters": "7B"}),
        builder.post(f"{path}protocol/", DECLARED | {"note": "n"}),
        builder.post(f"{path}upload/", uploads()),
        builder.post(f"{path}review/", {"visibility": "unlisted"}),
    ]

    submission = Submission.objects.get()
    assert [one.headers["Location"] for one in steps] == [
        f"{path}protocol/",
        f"{path}upload/",
        f"{path}upload/#checked",
        submission.get_absolute_url(),
    ]
    assert submission.declared == DECLARED
    assert (submission.visibility, submission.note) == ("unlisted", "n")
    assert submission.model.parameters == 7_000_000_000
    assert submission.files.count() == 12


def test_a_draft_is_where_it_was_left_a_day_later(builder: Client) -> None:
    path = begin(builder)
    builder.post(f"{path}model/", {"name": "New Model"})
    tomorrow = timezone.now() + timedelta(hours=25)

    assert clean_drafts(now=tomorrow) == 0
    assert builder.get(path).headers["Location"] == f"{path}protocol/"
    assert "New Model" in builder.get("/submit/").text
    assert 'value="New Model"' in builder.get(f"{path}model/").text


def test_an_old_draft_goes_with_its_files(builder: Client) -> None:
    path = begin(builder)
    fill(builder, path, tasks=["passkey"])
    draft = Draft.objects.get()
    name = f"drafts/{draft.public_id}/{draft.files.get().sha256}"
    assert storages["content"].exists(name)

    Draft.objects.update(updated_at=timezone.now() - timedelta(days=limits.DRAFT_DAYS, hours=1))
    tidy_drafts()

    assert not Draft.objects.exists()
    assert not storages["content"].exists(name)


def test_files_are_kept_once_and_replaced_whole(builder: Client) -> None:
    path = begin(builder)
    fill(builder, path)
    draft = Draft.objects.get()

    builder.post(f"{path}upload/", uploads(tasks=["passkey"]))

    kept = storages["content"].listdir(f"drafts/{draft.public_id}")[1]
    assert kept == [draft.files.get().sha256]
    assert "1 of 12 tasks" in builder.get(f"{path}upload/").text


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_refused_upload_lists_every_problem_and_keeps_what_was_there(
    builder: Client, headers: dict[str, str]
) -> None:
    path = begin(builder)
    fill(builder, path)
    bad = io.BytesIO(b'{"id": 0, "prediction": 1}\nnot json\n')
    files = {"files": SimpleUploadedFile("preds_passkey.jsonl", bad.getvalue())}

    answer = builder.post(f"{path}upload/", files, headers=headers)

    assert answer.status_code == 422
    assert "Refused: 2 problems" in answer.text
    assert ("<html" in answer.text) is not bool(headers)
    assert Draft.objects.get().files.count() == 12
    assert not Submission.objects.exists()


def test_a_trial_says_scores_and_ranks_and_stores_nothing(builder: Client) -> None:
    scored(model="Better", right=3)
    scored(model="Worse", right=0)
    path = begin(builder)
    fill(builder, path, right=1)
    waiting = builder.get(f"{path}upload/").text
    submissions = Submission.objects.count()

    try_draft(draft_id=Draft.objects.get().pk)

    page = builder.get(f"{path}upload/").text
    assert 'hx-trigger="every 2s"' in waiting
    assert "hx-trigger" not in page
    assert ">33.3</strong>" in page
    assert "would rank" in page
    assert "of 3" in page
    assert Submission.objects.count() == submissions
    assert not ModelEntry.objects.filter(name="New Model").exists()


def test_a_trial_ranks_as_the_board_would(builder: Client) -> None:
    scored(model="Better", right=3)
    scored(model="Worse", right=0)
    path = begin(builder)
    fill(builder, path, right=1)
    draft = Draft.objects.get()
    try_draft(draft_id=draft.pk)
    draft.refresh_from_db()
    assert draft.trial is not None

    builder.post(f"{path}review/", {"visibility": "public"})
    submission = Submission.objects.get(model__name="New Model")
    evaluate(evaluation_id=submission.evaluations.get().pk)
    for scorer, tried in draft.trial["scorers"].items():
        rank(board="infinitebench", scorer=scorer)
        standing = Standing.objects.get(submission=submission, scorer=scorer)
        for name in ("average", "low", "high", "rank_low", "rank_high"):
            assert tried[name] == pytest.approx(getattr(standing, name)), (scorer, name)


def test_hidden_answers_are_not_tried(builder: Client, release: Release) -> None:
    Release.objects.filter(pk=release.pk).update(are_answers_public=False)
    path = begin(builder)
    fill(builder, path)

    try_draft(draft_id=Draft.objects.get().pk)

    page = builder.get(f"{path}upload/").text
    assert "scores are told only after sending" in page
    assert Draft.objects.get().trial is None


@override_settings(TRIALS_PER_DAY=1)
def test_who_had_todays_trials_keeps_the_files_and_reads_when_the_next_is_free(
    builder: Client,
) -> None:
    path = begin(builder)
    fill(builder, path)
    drafts = Draft.objects.filter(submission=None)
    drafts.get().delete()
    path = begin(builder)
    fill(builder, path)

    page = builder.get(f"{path}upload/").text
    again = timezone.now() + timedelta(days=1)
    assert "You had 1 trials in the last 24 hours" in page
    assert f"{again:%Y-%m-%d}" in page
    assert "您在过去" in builder.get(f"{path}upload/", headers={"Accept-Language": "zh-CN"}).text
    assert not drafts.get().is_trial_due
    assert builder.post(f"{path}review/", {"visibility": "public"}).status_code == 302


@override_settings(TRIALS_PER_DAY=1)
def test_a_trial_of_the_day_before_counts_no_longer(builder: Client) -> None:
    path = begin(builder)
    fill(builder, path)
    TrialSlot.objects.update(taken_at=timezone.now() - timedelta(days=1))

    builder.post(f"{path}upload/", uploads(right=1))
    tidy_drafts()

    assert Draft.objects.get().is_trial_due
    assert TrialSlot.objects.count() == 1


def test_a_trial_of_files_that_were_replaced_is_dropped(builder: Client) -> None:
    path = begin(builder)
    fill(builder, path)
    late = due_trial(Draft.objects.get().pk)
    assert late is not None
    builder.post(f"{path}upload/", uploads(right=1))

    assert not store_failed_trial(late, "late")
    assert Draft.objects.get().is_trial_due


def test_files_are_checked_again_when_they_are_read_otherwise(builder: Client) -> None:
    path = begin(builder)
    fill(builder, path)
    other = make.release("other", n=2, board="other")

    builder.post(f"{path}protocol/", DECLARED | {"release": other.name})
    page = builder.get(f"{path}upload/")

    assert "Refused" in page.text
    assert builder.get(f"{path}review/").headers["Location"] == f"{path}upload/"


def test_a_draft_that_is_sent_twice_is_one_submission(builder: Client) -> None:
    path = begin(builder)
    fill(builder, path)
    owner = Draft.objects.get().owner
    # What the other press of the button has stored a moment earlier.
    first = make.submission(submitter=owner, model="new model", now=timezone.now())

    second = builder.post(f"{path}review/", {"visibility": "private"})

    assert second.headers["Location"] == first.get_absolute_url()
    assert Submission.objects.count() == 1


def test_a_sent_draft_leads_to_its_submission(builder: Client) -> None:
    path = begin(builder)
    fill(builder, path)
    builder.post(f"{path}review/", {"visibility": "public"})
    address = Submission.objects.get().get_absolute_url()

    assert builder.get(path).headers["Location"] == address
    assert builder.post(f"{path}review/").headers["Location"] == address
    for step in ("model", "protocol", "upload", "discard"):
        # Back in the browser, or another tab that was open meanwhile.
        assert builder.post(f"{path}{step}/").headers["Location"] == address
    part = builder.post(f"{path}upload/", headers=HTMX)
    assert part.headers["HX-Redirect"] == address
    assert Draft.objects.count() == Submission.objects.count() == 1


def test_a_press_that_finds_the_files_sent_leads_to_what_became_of_them(builder: Client) -> None:
    path = begin(builder)
    fill(builder, path)
    read_before = Draft.objects.select_related("owner", "model", "release").get()
    builder.post(f"{path}review/", {"visibility": "public"})

    sent = send_draft(read_before, visibility="public", now=timezone.now())

    assert sent == Submission.objects.get()


def test_a_press_does_not_make_the_draft_younger(builder: Client) -> None:
    """By its age the next press knows whether the same predictions were sent from this draft."""
    first = begin(builder)
    fill(builder, first)
    builder.post(f"{first}review/", {"visibility": "public"})
    second = begin(builder)
    fill(builder, second)
    filled_at = Draft.objects.get(submission=None).updated_at

    assert builder.post(f"{second}review/", {"visibility": "public"}).status_code == 422

    assert Draft.objects.get(submission=None).updated_at == filled_at


def test_a_duplicate_is_refused_and_the_draft_stays(builder: Client) -> None:
    first = begin(builder)
    fill(builder, first)
    builder.post(f"{first}review/", {"visibility": "public"})
    second = begin(builder)
    fill(builder, second)

    answer = builder.post(f"{second}review/", {"visibility": "public"})

    assert answer.status_code == 422
    assert "the same predictions as submission" in answer.text
    assert Draft.objects.filter(submission=None).count() == 1
    assert BoardEvent.objects.filter(kind="submitted").count() == 1


def test_what_was_declared_last_time_is_offered_again(builder: Client) -> None:
    path = begin(builder)
    fill(builder, path)
    builder.post(f"{path}review/", {"visibility": "public"})

    page = builder.get(f"{begin(builder)}protocol/").text

    assert 'value="shorter"' in page


@pytest.mark.parametrize("step", ["", "model/", "protocol/", "upload/", "review/"])
def test_a_draft_is_its_owners_alone(builder: Client, step: str) -> None:
    path = begin(builder)
    stranger = client_of(make.user("stranger@example.org"))

    assert stranger.get(path + step).status_code == 404
    assert client_of(None).get(path + step).status_code == 302
    if step:
        assert stranger.post(path + step).status_code == 404
    assert stranger.post(f"{path}discard/").status_code == 404
    assert client_of(make.user("staff@example.org", is_staff=True)).get(path).status_code == 404


def test_a_draft_can_be_thrown_away(builder: Client) -> None:
    path = begin(builder)

    assert builder.post(f"{path}discard/").status_code == 302
    assert not Draft.objects.exists()


def test_one_person_has_so_many_drafts(builder: Client) -> None:
    for _ in range(limits.DRAFTS_OPEN):
        begin(builder)

    answer = builder.post("/submit/", {"kind": "predictions"})

    assert answer.status_code == 422
    assert "Finish one or throw one away" in answer.text


@pytest.mark.parametrize("kind", ["", "x", "endpoint'"])
def test_only_kinds_that_are_offered_can_be_begun(builder: Client, kind: str) -> None:
    assert builder.post("/submit/", {"kind": kind}).status_code == 422


def test_a_step_says_what_is_missing(builder: Client) -> None:
    path = begin(builder)

    model = builder.post(f"{path}model/", {})
    protocol = builder.post(f"{path}protocol/", DECLARED | {"contamination": ""})
    files = builder.post(f"{path}upload/", {})

    assert "Name the model" in model.text
    assert "This field is required" in protocol.text
    assert "Choose at least one file" in files.text
    assert {model.status_code, protocol.status_code, files.status_code} == {422}


def test_a_body_that_is_too_large_is_refused_unread(builder: Client) -> None:
    path = begin(builder)
    length = str(limits.UPLOAD_COMPRESSED_BYTES * 2)

    assert builder.post(f"{path}upload/", uploads(), CONTENT_LENGTH=length).status_code == 413
