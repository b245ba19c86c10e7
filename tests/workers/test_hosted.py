"""Hosted runs against a model's server: every example once, under every fault, to a submission."""

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from submissions import limits, queue, runs, shards
from submissions.endpoints import ask_for_try
from submissions.models import Answer, Endpoint, HostedRun, Standing
from submissions.predictions import read_predictions
from tests import asking as make_asking
from tests.make import SUITE
from tests.model_server import Asked, ModelServer
from tests.portal import wait_until
from workers import generate, hand, hosted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("asking")]
TASKS = len(SUITE.slugs)
_USED = ("tokens_in", "tokens_out", "seconds")
# What happens to a prompt the first times it is asked: every kind of fault that goes away.
PASSING = (
    *("", "429 0.1", "500", "503", "slow 60", "cut", "malformed", "html", "error_inside", "reset"),
    *("408", "refusal", "too_long"),
)


@pytest.fixture(autouse=True)
def quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hand, "RETRY_SECONDS_FIRST", 0.05)
    monkeypatch.setattr(hand, "RETRY_SECONDS_LAST", 0.2)


def work(run: HostedRun) -> HostedRun:
    """Let one worker do all that can be done now."""
    hosted.work_on_run(run.pk, worker="w", is_stopping=lambda: False)
    run.refresh_from_db()
    return run


def faulty(asked: Asked) -> str:
    """Two of each passing fault for each prompt whose lot it is."""
    kind = PASSING[asked.lot(len(PASSING))]
    if kind == "too_long":
        return f"too_long 600 {asked.tokens + 600}" if asked.turn == 0 else ""
    if kind == "refusal":
        return kind
    return kind if asked.turn < 2 else ""


def test_all_tasks_run_to_a_ranked_submission_under_all_faults(
    server: ModelServer, settings: Settings
) -> None:
    # Half a minute's silence is what people wait; a test waits less, and long on a busy machine.
    settings.ENDPOINT_IDLE_SECONDS = 4.0
    server.fault = faulty
    make_asking.release(10)
    run = make_asking.run(make_asking.endpoint(server.url), is_auto_fit=True)

    work(run)

    assert (run.status, run.reason) == ("finished", "")
    answers = list(run.answers.values_list("task", "position"))
    assert len(answers) == len(set(answers)) == TASKS * 10
    assert set(run.answers.values_list("state", flat=True)) <= {"ok", "refused"}
    assert not run.answers.filter(state="ok", text="").exists()
    assert server.dropped > 0
    submission = run.submission
    assert submission is not None
    spent = {name: sum(run.answers.values_list(name, flat=True)) for name in _USED}
    assert {name: submission.usage[name] for name in _USED} == pytest.approx(spent, abs=1e-3)
    assert min(spent.values()) > 0
    queue.evaluate_here(submission.evaluations.get().pk)
    rows = Standing.objects.filter(submission=submission)
    assert {row.rank for row in rows} == {1}
    assert {row.n for row in rows} == {row.answered for row in rows} == {TASKS * 10}
    passkeys = read_predictions(submission.tasks.get(task="kv_retrieval"))
    assert len(passkeys) == 10
    # Each kind of fault did happen.
    assert {PASSING[asked.lot(len(PASSING))] for asked in server.log} == set(PASSING)


def test_what_stays_without_an_answer_makes_a_partial_submission_that_is_not_ranked(
    server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generate, "ANSWER_ATTEMPTS", 2)
    server.fault = lambda asked: ("500", "400", "too_long 100 200", "", "", "")[asked.lot(6)]
    run = make_asking.run(make_asking.endpoint(server.url))

    work(run)
    # The second round: those without an answer are asked again, and fail again.
    work(run)

    assert run.status == "finished"
    states = Counter(run.answers.values_list("state", flat=True))
    assert set(states) == {"ok", "error", "too_long"}
    assert sum(states.values()) == TASKS * 3
    assert not run.answers.exclude(state="ok").filter(reason="").exists()
    assert run.submission is not None
    queue.evaluate_here(run.submission.evaluations.get().pk)
    assert set(Standing.objects.values_list("rank", "average")) == {(None, None)}


def test_errors_of_the_first_round_are_replaced_by_answers_of_the_second(
    server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generate, "ANSWER_ATTEMPTS", 2)
    server.fault = lambda asked: "500" if asked.turn < 2 and asked.lot(4) == 0 else ""
    run = make_asking.run(make_asking.endpoint(server.url))

    work(run)
    assert run.answers.filter(state="error").exists()
    assert run.status == "running"
    work(run)

    assert run.status == "finished"
    assert run.answers.filter(state="ok").count() == TASKS * 3


def test_a_wrong_key_pauses_the_run_with_its_reason_and_stores_nothing(
    server: ModelServer,
) -> None:
    run = make_asking.run(make_asking.endpoint(server.url, key="sk-wrong"))

    work(run)

    assert run.status == "paused"
    assert "401" in run.reason
    assert "sk-wrong" not in run.reason
    assert not run.answers.exists()


def test_a_server_that_only_fails_pauses_the_run_and_it_goes_on_when_mended(
    server: ModelServer,
) -> None:
    server.fault = lambda _asked: "500"
    run = make_asking.run(make_asking.endpoint(server.url))
    work(run)
    assert run.status == "paused"
    # One or two more may fail before the pause is known.
    assert int(run.reason.split()[0]) >= limits.FAILURES_TO_PAUSE
    assert "requests in a row failed. The last one: The server answered 500" in run.reason
    assert not run.answers.exists()

    server.fault = lambda _asked: ""
    assert runs.resume_run(run)
    work(run)

    assert run.status == "finished"
    assert run.answers.filter(state="ok").count() == TASKS * 3


def test_a_spending_cap_is_never_passed_and_pauses_the_run(server: ModelServer) -> None:
    endpoint = make_asking.endpoint(server.url, price_in=Decimal(10), concurrency=2)
    run = make_asking.run(endpoint, spending_cap=Decimal("0.22"), tasks=["passkey", "code_run"])

    work(run)

    assert run.status == "paused"
    assert "spending cap" in run.reason
    assert set(run.answers.values_list("task", flat=True)) == {"code_run"}
    assert 0 < shards.spent(run) <= Decimal("0.22")


def test_a_cancelled_run_drops_what_is_in_flight_and_keeps_no_late_answer(
    server: ModelServer,
) -> None:
    run = make_asking.run(make_asking.endpoint(server.url))

    server.fault = lambda _asked: "slow 60"
    calls: list[bool] = []

    def is_stopping() -> bool:
        if server.in_flight and not calls:
            calls.append(runs.cancel_run(run, reason="Enough.", now=timezone.now()))
        return False

    hosted.work_on_run(run.pk, worker="w", is_stopping=is_stopping)
    run.refresh_from_db()

    assert calls == [True]
    assert (run.status, run.reason, run.submission) == ("cancelled", "Enough.", None)
    assert not run.answers.exists()
    # The server saw its clients leave, and nobody came afterwards.
    wait_until(lambda: server.in_flight == 0, seconds=30, what="dropped connections")
    assert server.dropped == len(server.log) > 0


def test_questions_on_one_context_go_out_leader_first(server: ModelServer, tmp_path: Path) -> None:
    server.keep_prompts, server.answer_seconds = True, 0.3
    make_asking.books(tmp_path, books=3, questions=5)
    run = make_asking.run(make_asking.endpoint(server.url))

    work(run)

    assert run.answers.filter(state="ok").count() == 15
    for book in range(3):
        numbers = [one.number for one in server.log if f"Book {book}." in one.prompt]
        leader, *followers = numbers
        led = server.events.index(("served", leader))
        assert all(server.events.index(("asked", number)) > led for number in followers)
    # Books do not wait for each other, and followers go out together.
    assert server.most_in_flight > 3


def test_what_was_cut_is_recorded(server: ModelServer) -> None:
    endpoint = make_asking.endpoint(server.url, context_tokens=700)
    run = make_asking.run(endpoint, tasks=["passkey", "longbook_qa_chn"])

    work(run)

    assert run.status == "finished"
    for answer in run.answers.all():
        assert answer.kept_tokens < answer.whole_tokens
        assert answer.kept_tokens <= 700


def test_a_try_shows_answers_and_what_the_server_says(server: ModelServer) -> None:
    endpoint = make_asking.endpoint(server.url)
    ask_for_try(endpoint, now=timezone.now())

    hosted.try_endpoint(endpoint.pk)

    endpoint = Endpoint.objects.get()
    assert endpoint.try_ended_at is not None
    assert len(endpoint.try_result["answers"]) == 3
    assert endpoint.try_result["answers"][0]["answer"]
    assert endpoint.try_result["server"]["model"]["owned_by"] == "tests"
    assert Answer.objects.count() == 0
