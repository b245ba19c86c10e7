"""Drafts for scripts: what files would score and where they would rank, before they are sent."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.utils import timezone

from submissions.drafts import open_draft
from submissions.limits import DRAFTS_OPEN
from submissions.models import Draft, ModelEntry, PartialUpload, Release, Submission
from tests import make
from tests.api.make_api import ROOT, archive, ask, script_of
from tests.api.test_uploads import begin, send
from tests.pages.make_pages import client_of, scored
from workers.tasks import try_draft

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _release() -> None:
    make.release()


def draft_of(client: Client, *, right: int = 3, key: str = "", **fields: Any) -> Any:
    """Twelve files as one zip, as a draft."""
    body = {"files": SimpleUploadedFile("all.zip", archive(right)), "model": "Tried", **fields}
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(f"{ROOT}/drafts/", body, headers=headers)


def tried(client: Client, **fields: Any) -> dict[str, Any]:
    """A draft whose files a worker has tried."""
    made = draft_of(client, **fields)
    assert made.status_code == 201, made.json()
    try_draft(draft_id=Draft.objects.get(public_id=made.json()["id"]).pk)
    return dict(client.get(made.json()["url"]).json())


def test_a_draft_says_scores_and_ranks_and_submits_nothing() -> None:
    scored(model="Better", right=3)
    scored(model="Worse", right=0)
    client = script_of(make.user("tries@example.org"))
    before = Submission.objects.count()

    waiting = draft_of(client, right=1)
    done = tried(client, right=1)

    assert waiting["Location"] == waiting.json()["url"]
    assert waiting.json()["trial"] == {
        "status": "waiting",
        "reason": "",
        "again_at": None,
        "scorers": {},
    }
    assert (done["release"], len(done["tasks"]), done["missing_tasks"]) == ("test", 12, [])
    found = done["trial"]["scorers"]["official-2024-06"]
    assert done["trial"]["status"] == "done"
    assert found["average"] == pytest.approx(1 / 3)
    assert 1 <= found["rank_low"] <= found["rank_high"] <= found["ranked"] == 3
    assert found["low"] <= found["average"] <= found["high"]
    assert len(found["tasks"]) == 12
    assert Submission.objects.count() == before
    assert not ModelEntry.objects.filter(name="Tried").exists()


@override_settings(TRIALS_PER_DAY=1)
def test_after_a_days_trials_the_files_are_kept_and_may_be_sent() -> None:
    client = script_of(make.user())
    draft_of(client, right=1)

    made = draft_of(client, right=2, contamination="no")
    trial = made.json()["trial"]

    assert (made.status_code, trial["status"], trial["scorers"]) == (201, "refused", {})
    assert "1 trials in the last 24 hours" in trial["reason"]
    left = datetime.fromisoformat(trial["again_at"]) - timezone.now()
    assert timedelta(hours=23) < left <= timedelta(days=1)
    id_ = made.json()["id"]
    sent = ask(client, "POST", f"/drafts/{id_}/send/", {"visibility": "private"})
    assert sent.status_code == 201


def test_a_trial_waits_for_a_storage_that_gives_no_file() -> None:
    client = script_of(make.user())
    made = draft_of(client, right=1)
    draft = Draft.objects.get(public_id=made.json()["id"])
    stored = Path(storages["content"].path(f"drafts/{draft.public_id}/{draft.files.get().sha256}"))
    kept = stored.rename(stored.with_name("kept"))
    stored.mkdir()  # Opening it is an OSError, for root too.

    try_draft(draft_id=draft.pk)
    waiting = client.get(made.json()["url"]).json()["trial"]
    stored.rmdir()
    kept.rename(stored)
    try_draft(draft_id=draft.pk)
    done = client.get(made.json()["url"]).json()["trial"]

    assert (waiting["status"], done["status"]) == ("waiting", "done")


def test_a_trial_does_not_wait_for_ever() -> None:
    client = script_of(make.user())
    made = draft_of(client, right=1)
    draft = Draft.objects.get(public_id=made.json()["id"])
    stored = Path(storages["content"].path(f"drafts/{draft.public_id}/{draft.files.get().sha256}"))
    stored.unlink()
    stored.mkdir()
    Draft.objects.filter(pk=draft.pk).update(updated_at=timezone.now() - timedelta(hours=25))

    try_draft(draft_id=draft.pk)

    trial = client.get(made.json()["url"]).json()["trial"]
    assert trial["status"] == "failed"
    # No path of the server.
    assert "/" not in trial["reason"]


def test_the_page_shows_the_same_draft() -> None:
    owner = make.user()
    done = tried(script_of(owner), right=1, contamination="no")

    page = client_of(owner).get(f"{done['page']}upload/").content.decode()

    assert "would rank" in page
    assert "all.zip" in page


def test_some_tasks_have_no_average_and_no_rank() -> None:
    files = [SimpleUploadedFile(name, data.read()) for name, data in make.files(["passkey"])]

    done = tried(script_of(make.user()), files=files)

    found = done["trial"]["scorers"]["official-2024-06"]
    assert (found["average"], found["rank_low"], found["ranked"]) == (None, None, None)
    assert [one["task"] for one in found["tasks"]] == ["passkey"]
    assert len(done["missing_tasks"]) == 11


def test_scores_of_hidden_answers_are_told_to_nobody() -> None:
    Release.objects.update(are_answers_public=False)

    done = tried(script_of(make.user()))

    assert done["trial"] == {"status": "hidden", "reason": "", "again_at": None, "scorers": {}}


def test_a_draft_is_sent_once() -> None:
    client = script_of(make.user())
    done = tried(client, contamination="no", note="n", parameters=7)

    sent = ask(client, "POST", f"/drafts/{done['id']}/send/", {"visibility": "unlisted"})
    again = ask(client, "POST", f"/drafts/{done['id']}/send/", {"visibility": "public"})

    submission = Submission.objects.get(model__name="Tried")
    assert (sent.status_code, sent.json()["id"]) == (201, submission.public_id)
    assert sent["Location"] == sent.json()["url"]
    assert again.json()["id"] == submission.public_id
    assert (submission.visibility, submission.note) == ("unlisted", "n")
    assert (submission.model.parameters, submission.declared) == (7, {"contamination": "no"})
    assert client.get(done["url"]).json()["submission"] == submission.public_id
    assert client.get(f"{ROOT}/drafts/").json()["results"] == []
    assert ask(client, "DELETE", f"/drafts/{done['id']}/").status_code == 404


def test_what_a_draft_lacks_is_said_when_it_is_sent() -> None:
    owner = make.user()
    client = script_of(owner)
    undeclared = draft_of(client).json()
    begun = open_draft(owner, kind="predictions", suite=make.SUITE.slug, now=make.NOW)

    told = [
        ask(client, "POST", f"/drafts/{id_}/send/", {})
        for id_ in (undeclared["id"], begun.public_id)
    ]

    assert undeclared["lacks"] == "protocol"
    assert [(one.status_code, one.json()["code"]) for one in told] == [(422, "unfit")] * 2
    fields = [one.json()["problems"][0]["field"] for one in told]
    assert fields == ["contamination", "model"]
    assert client.get(f"{ROOT}/drafts/{begun.public_id}/").json()["trial"]["status"] == "none"
    assert not Submission.objects.exists()


def test_files_that_are_refused_leave_no_draft() -> None:
    bad = SimpleUploadedFile("preds_passkey.jsonl", b'{"id": 0, "prediction": 1}\nnot json\n')

    answer = draft_of(script_of(make.user()), files=bad)

    assert (answer.status_code, answer.json()["code"]) == (422, "refused")
    assert [one["line"] for one in answer.json()["problems"]] == [1, 2]
    assert not Draft.objects.exists()


def test_a_draft_whose_file_is_gone_says_so() -> None:
    client = script_of(make.user())
    made = draft_of(client, contamination="no").json()
    storages["content"].delete(f"drafts/{made['id']}/{made['files'][0]['sha256']}")

    answer = ask(client, "POST", f"/drafts/{made['id']}/send/", {})

    assert (answer.status_code, answer.json()["code"]) == (409, "not-possible")


def test_a_draft_is_thrown_away_with_its_files() -> None:
    client = script_of(make.user())
    made = draft_of(client).json()
    kept = f"drafts/{made['id']}/{made['files'][0]['sha256']}"
    assert storages["content"].exists(kept)

    assert ask(client, "DELETE", f"/drafts/{made['id']}/").status_code == 204

    assert client.get(made["url"]).status_code == 404
    assert not storages["content"].exists(kept)


def test_so_many_drafts_may_be_open() -> None:
    owner = make.user()
    client = script_of(owner)
    for _ in range(DRAFTS_OPEN - 1):
        open_draft(owner, kind="predictions", suite=make.SUITE.slug, now=make.NOW)

    last, more = draft_of(client), draft_of(client)

    assert (last.status_code, more.status_code) == (201, 409)
    assert more.json()["code"] == "too-many-drafts"
    assert "10 open drafts" in more.json()["detail"]


def test_the_same_key_makes_one_draft() -> None:
    client = script_of(make.user())

    first, again = (draft_of(client, key="one") for _ in range(2))

    assert first.json() == again.json()
    assert Draft.objects.count() == 1


def test_an_upload_in_parts_becomes_a_draft() -> None:
    client, content = script_of(make.user()), archive()
    upload = begin(client, len(content))
    send(client, upload["Location"], content, 0)

    body = {"upload": [upload.json()["id"]], "model": "Tried"}
    made = ask(client, "POST", "/drafts/", body)

    assert (made.status_code, made.json()["files"][0]["name"]) == (201, "all.zip")
    assert not PartialUpload.objects.exists()


@pytest.mark.parametrize("field", ["visibility", "dry_run", "owner", "trial", "shared_with"])
def test_a_draft_takes_what_the_steps_ask_for(field: str) -> None:
    more: dict[str, Any] = {field: "public"}

    answer = draft_of(script_of(make.user()), **more)

    assert (answer.status_code, answer.json()["problems"][0]["field"]) == (400, field)


def test_nobody_reads_sends_or_throws_away_anothers() -> None:
    made = draft_of(script_of(make.user()), contamination="no").json()
    stranger = script_of(make.user("staff@example.org", is_staff=True))
    path = f"/drafts/{made['id']}/"

    answers = [
        ask(stranger, "GET", path),
        ask(stranger, "POST", f"{path}send/", {}),
        ask(stranger, "DELETE", path),
    ]

    assert [one.status_code for one in answers] == [404, 404, 404]
    assert stranger.get(f"{ROOT}/drafts/").json()["results"] == []
    assert Draft.objects.get().submission is None
