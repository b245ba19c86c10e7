"""An `Idempotency-Key`: the same request is carried out once, however often it comes."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from submissions import idempotency
from submissions.idempotency import KEPT, LOCK, Answer, Claim, StillRunning, claim_key, keep_answer
from submissions.models import IdempotentAnswer, ModelEntry, Submission
from tests import make
from tests.api.make_api import ROOT, script_of, submit
from tests.at_once import at_the_same_time

HASH = "0" * 64
OK = Answer(201, "application/json", "{}", "/there/")


@pytest.mark.django_db
def test_the_same_key_and_request_make_one_submission() -> None:
    make.release()
    client = script_of(make.user())

    first, again = submit(client, key="one"), submit(client, key="one")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert first["Location"] == again["Location"]
    assert again["Idempotency-Replayed"] == "true"
    assert Submission.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"right": 1}, {"model": "Another"}, {"note": "x"}])
def test_the_same_key_for_another_request_is_refused(change: dict[str, Any]) -> None:
    make.release()
    client = script_of(make.user())
    submit(client, key="one")

    answer = submit(client, key="one", **change)

    assert (answer.status_code, answer.json()["code"]) == (422, "key-reused")
    assert Submission.objects.count() == 1


@pytest.mark.django_db
def test_a_key_is_its_users_alone() -> None:
    make.release()
    for email in ("a@example.org", "b@example.org"):
        assert submit(script_of(make.user(email)), key="one").status_code == 201

    assert Submission.objects.count() == 2


@pytest.mark.django_db
def test_a_refusal_is_answered_alike() -> None:
    client = script_of(make.user())
    body = {"name": "M", "verified": True}

    answers = [
        client.post(
            f"{ROOT}/models/", body, content_type="application/json", headers={"Idempotency-Key": k}
        )
        for k in ("one", "one")
    ]

    assert [one.status_code for one in answers] == [400, 400]
    assert answers[0].json() == answers[1].json()
    assert answers[1]["Content-Type"] == "application/problem+json"


@pytest.mark.django_db
def test_what_may_end_otherwise_next_time_is_not_remembered(settings: Any) -> None:
    make.release()
    client = script_of(make.user())
    settings.SUBMISSIONS_PER_DAY = 0
    assert submit(client, key="one").status_code == 429

    settings.SUBMISSIONS_PER_DAY = 9

    assert submit(client, key="one").status_code == 201


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", " ", "a b", "ü", '"', "x" * 256])
def test_a_key_is_a_plain_word(key: str) -> None:
    headers = {"Idempotency-Key": key}

    answer = script_of(make.user()).post(f"{ROOT}/models/", {"name": "M"}, headers=headers)

    assert answer.status_code == 400
    assert not ModelEntry.objects.exists()


@pytest.mark.django_db
def test_a_quoted_key_is_the_same_key() -> None:
    make.release()
    client = script_of(make.user())

    assert submit(client, key="one").json() == submit(client, key='"one"').json()


@pytest.mark.django_db
def test_a_request_whose_process_died_is_taken_over_once() -> None:
    owner = make.user()
    first = claim_key(owner, "one", HASH, now=make.NOW)
    with pytest.raises(StillRunning):
        claim_key(owner, "one", HASH, now=make.NOW + LOCK / 2)

    later = make.NOW + LOCK + timedelta(seconds=1)
    second = claim_key(owner, "one", HASH, now=later)

    assert isinstance(first, Claim)
    assert isinstance(second, Claim)
    with pytest.raises(StillRunning):
        claim_key(owner, "one", HASH, now=later)
    # The one that was thought dead comes back, and its answer counts for nothing.
    keep_answer(first, OK)
    assert IdempotentAnswer.objects.get().status is None
    keep_answer(second, OK)
    assert claim_key(owner, "one", HASH, now=later) == OK


def die_before_the_answer() -> None:
    """Leave a key as a process does that was killed when it had stored and not yet answered."""
    IdempotentAnswer.objects.update(
        status=None, body="", location="", locked_until=make.NOW - timedelta(seconds=1)
    )


@pytest.mark.django_db
def test_what_a_dead_process_stored_is_the_answer_to_the_next_try() -> None:
    make.release()
    client = script_of(make.user())
    first = submit(client, key="one")
    die_before_the_answer()

    again = submit(client, key="one")

    assert again.status_code == 201
    assert again.json()["id"] == first.json()["id"]
    assert Submission.objects.count() == 1


@pytest.mark.django_db
def test_what_was_stored_before_the_first_try_stays_a_duplicate() -> None:
    make.release()
    client = script_of(make.user())
    submit(client)
    assert submit(client, key="one").json()["code"] == "duplicate-upload"
    die_before_the_answer()

    assert submit(client, key="one").json()["code"] == "duplicate-upload"


@pytest.mark.django_db
def test_answers_are_forgotten_in_time() -> None:
    owner = make.user()
    claimed = claim_key(owner, "one", HASH, now=make.NOW)
    assert isinstance(claimed, Claim)
    keep_answer(claimed, OK)

    assert idempotency.forget_answers(now=make.NOW + KEPT - timedelta(seconds=1)) == 0
    assert isinstance(claim_key(owner, "one", "1" * 64, now=make.NOW + KEPT), Claim)


@pytest.mark.django_db(transaction=True)
def test_the_same_key_eight_times_at_once_makes_one_submission() -> None:
    make.release()
    owner = make.user()

    outcomes = at_the_same_time(8, lambda _number: post(owner))

    assert set(outcomes) <= {"201", "409 request-running"}
    assert "201" in outcomes
    assert Submission.objects.count() == 1


def post(owner: User) -> str:
    """Submit with one key; status, and code where there is one."""
    client = Client()
    client.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
    answer = submit(client, key="one")
    return f"{answer.status_code} {answer.json().get('code', '')}".strip()
