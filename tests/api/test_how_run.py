"""How a submission was run, for scripts: what was sent, as hashes or texts, and what answered."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from submissions.models import Answer, HostedRun, Release, Submission
from tests import asking, make
from tests.api.make_api import ROOT, ask, script_of
from tests.pages.make_pages import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> HostedRun:
    """A finished run, with an answer to one example, and its private submission."""
    asking.release()
    found = asking.run(asking.endpoint("http://127.0.0.1:9/v1"), visibility="private")
    # Whatever it holds: only its run is looked at.
    make.release()
    now = timezone.now()
    ended = {"status": HostedRun.Status.FINISHED, "planned_at": now, "finished_at": now}
    submission = make.submission(submitter=found.owner, visibility=Submission.Visibility.PRIVATE)
    HostedRun.objects.filter(pk=found.pk).update(submission=submission, **ended)
    Answer.objects.create(
        run=found,
        task="passkey",
        position=0,
        state=Answer.State.OK,
        finish_reason="stop",
        prompt_sha256="0" * 64,
        at=now,
    )
    found.refresh_from_db()
    return found


@pytest.fixture(autouse=True)
def _ours_may_be_asked(settings: Any) -> None:
    settings.OUTBOUND_HTTP_ALLOWED, settings.OUTBOUND_NETWORKS = True, ["127.0.0.0/8"]


def lines(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer
    return [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]


def path_of(run: HostedRun) -> str:
    assert run.submission is not None
    return f"/submissions/{run.submission.public_id}/prompts/"


def test_hashes_and_texts_are_those_of_the_page(run: HostedRun) -> None:
    script, page = script_of(run.owner), client_of(run.owner)
    at = f"/s/{run.submission.public_id}/prompts/" if run.submission else ""

    hashes, texts = ask(script, "GET", path_of(run)), script.get(f"{ROOT}{path_of(run)}?texts=true")

    assert hashes["Content-Type"] == "application/x-ndjson"
    assert lines(hashes) == lines(page.get(at))
    found = lines(texts)
    assert len(found) == 36
    assert found == lines(page.get(f"{at}?texts=1"))


@pytest.mark.parametrize("accept", ["application/json", "application/x-ndjson", "*/*"])
def test_a_reader_that_accepts_lines_or_json_gets_lines(run: HostedRun, accept: str) -> None:
    answer = ask(script_of(run.owner), "GET", path_of(run), Accept=accept)

    assert len(lines(answer)) == 1


def test_prompts_of_hidden_answers_are_hashes_only(run: HostedRun) -> None:
    Release.objects.update(are_answers_public=False)
    script = script_of(run.owner)

    assert len(lines(ask(script, "GET", path_of(run)))) == 1
    refused = script.get(f"{ROOT}{path_of(run)}?texts=true")
    assert (refused.status_code, refused.json()["code"]) == (404, "not-found")


def test_prompts_of_a_private_run_are_its_owners(run: HostedRun) -> None:
    stranger = script_of(make.user("x@example.org"))

    assert ask(stranger, "GET", path_of(run)).status_code == 404
    assert ask(Client(), "GET", path_of(run)).status_code == 404


def test_what_was_not_run_here_has_none(run: HostedRun) -> None:
    HostedRun.objects.update(submission=None, status="cancelled", reason="r")

    assert ask(script_of(run.owner), "GET", path_of(run)).status_code == 404


def test_how_it_was_run_is_told_without_the_address(run: HostedRun) -> None:
    path = path_of(run).replace("prompts", "run")

    answer = ask(script_of(run.owner), "GET", path)

    told = answer.json()
    assert (told["sha256"], told["states"], told["speed"]) == (run.sha256, {"ok": 1}, None)
    assert told["facts"]["release"]["name"] == "asked"
    assert told["command"].startswith("python manage.py repeat_run")
    assert "127.0.0.1" not in answer.content.decode()
    assert ask(Client(), "GET", path).status_code == 404
    HostedRun.objects.update(submission=None, status="cancelled", reason="r")
    assert ask(script_of(run.owner), "GET", path).status_code == 404


def test_examples_without_an_answer_say_why(run: HostedRun) -> None:
    lost = {"task": "passkey", "position": 1, "state": "error", "reason": "the server went away"}
    Answer.objects.create(run=run, at=timezone.now(), **lost)

    told = ask(script_of(run.owner), "GET", f"/runs/{run.public_id}/").json()

    assert told["unanswered"] == [lost]
