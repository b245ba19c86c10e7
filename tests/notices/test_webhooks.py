"""Webhooks: which addresses are taken, how calls are signed, repeated, logged and given up."""

import base64
import hashlib
import hmac
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from notices import deliver
from notices.backoff import WAITS
from notices.chosen import choose_mail
from notices.deliver import KEPT, carry_deliveries
from notices.models import Delivery, Kind, Webhook
from notices.tell import add_delivery
from notices.webhooks import WEBHOOKS_MAX, NotTaken, add_webhook, rotate_secret, secret_of
from submissions.actions import publish_submission
from submissions.models import Submission
from submissions.runs import halt_run, pause_run
from tests import asking, make
from tests.client.answering import Answering, Asked
from tests.pages.make_pages import failed, scored

pytestmark = pytest.mark.django_db
PRIVATE = Submission.Visibility.PRIVATE


def hook(receiver: Answering, owner: User | None = None) -> Webhook:
    kinds = [Kind.SCORED.value, Kind.FAILED.value]
    owner = owner or make.user()
    return add_webhook(owner, f"{receiver.url}/hook", kinds, now=timezone.now())


def is_signed(asked: Asked, secret: str) -> bool:
    """What a receiver does, written from the standard and not from our code."""
    headers = {name.lower(): value for name, value in asked.headers.items()}
    signed = b".".join(
        [headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), asked.body]
    )
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    return hmac.compare_digest(headers["webhook-signature"], f"v1,{expected}")


def test_a_call_is_signed_over_id_time_and_body(receiver: Answering) -> None:
    receiver.say(200, b"ok")
    webhook = hook(receiver)
    delivery = add_delivery(webhook, Kind.TEST, {"model": "∞"}, now=timezone.now())

    assert carry_deliveries(now=timezone.now()) == 1

    (asked,) = receiver.asked
    assert is_signed(asked, secret_of(webhook))
    assert not is_signed(Asked("POST", "/", asked.headers, asked.body + b" "), secret_of(webhook))
    assert json.loads(asked.body)["data"] == {"model": "∞"}
    delivery.refresh_from_db()
    assert (delivery.status, delivery.due_at, delivery.error) == (200, None, "")
    assert carry_deliveries(now=timezone.now()) == 0


def test_a_call_that_fails_is_repeated_with_its_id_and_a_new_time(receiver: Answering) -> None:
    receiver.say(500, b"")
    receiver.say(204, b"")
    webhook, now = hook(receiver), timezone.now()
    delivery = add_delivery(webhook, Kind.TEST, {}, now=now)

    assert carry_deliveries(now=now) == 0
    assert carry_deliveries(now=now + WAITS[0] - timedelta(seconds=1)) == 0
    assert carry_deliveries(now=now + WAITS[0]) == 1

    first, second = receiver.asked
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == str(delivery.event_id)
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
    assert is_signed(second, secret_of(webhook))


def test_a_receiver_that_stays_away_is_given_up(receiver: Answering) -> None:
    receiver.say(503, b"")
    webhook, now = hook(receiver), timezone.now()
    delivery = add_delivery(webhook, Kind.TEST, {}, now=now)
    for wait in (*WAITS, timedelta()):
        carry_deliveries(now=now)
        now += wait
    delivery.refresh_from_db()

    assert delivery.given_up_at is not None
    assert (delivery.status, delivery.error) == (503, "answered 503")
    assert len(receiver.asked) == len(WAITS) + 1


@pytest.mark.parametrize(
    ("status", "headers", "is_over"),
    [(302, {"Location": "http://127.0.0.1:1/"}, False), (410, {}, True), (404, {}, False)],
)
def test_only_success_is_success(
    receiver: Answering, status: int, headers: dict[str, str], is_over: bool
) -> None:
    receiver.say(status, b"", **headers)
    add_delivery(hook(receiver), Kind.TEST, {}, now=timezone.now())

    assert carry_deliveries(now=timezone.now()) == 0
    delivery = Delivery.objects.get()
    assert (delivery.status, delivery.given_up_at is not None) == (status, is_over)
    assert len(receiver.asked) == 1


def test_an_answer_without_end_is_cut_off(receiver: Answering) -> None:
    receiver.say(200, b"x" * 1_000_000)
    add_delivery(hook(receiver), Kind.TEST, {}, now=timezone.now())

    # It said 200: the notice arrived, whatever else the receiver goes on to say.
    assert carry_deliveries(now=timezone.now()) == 1


def test_a_receiver_that_drips_keeps_no_worker(
    receiver: Answering, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliver, "_CALL_SECONDS", 0.5)
    with dripping() as url:
        add_delivery(add_webhook(make.user(), url, [], now=make.NOW), Kind.TEST, {}, now=make.NOW)
        began = time.monotonic()
        assert carry_deliveries(now=timezone.now()) == 0

    assert time.monotonic() - began < 2
    assert Delivery.objects.get().error == "no answer within 0.5 seconds"


@contextmanager
def dripping() -> Iterator[str]:
    """A server whose answer's head comes a byte at a time, for three seconds."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            taken, _ = server.accept()
            with taken, suppress(OSError):
                for byte in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 10:
                    taken.sendall(bytes([byte]))
                    time.sleep(0.1)

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/hook"
        thread.join(10)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/hook",
        "https://127.0.0.1/hook",
        "https://localhost/hook",
        "https://[::1]/hook",
        "https://10.0.0.1/hook",
        "https://169.254.169.254/latest/meta-data/",
        "https://user:pass@example.org/",
        "ftp://example.org/",
        "javascript:alert(1)",
        "https://0x7f.1/",
        "",
    ],
)
def test_an_address_inside_is_not_taken(url: str) -> None:
    with pytest.raises(NotTaken):
        add_webhook(make.user(), url, [], now=timezone.now())


def test_an_address_is_checked_again_at_each_call(receiver: Answering, settings: Settings) -> None:
    receiver.say(200, b"")
    add_delivery(hook(receiver), Kind.TEST, {}, now=timezone.now())
    # As when a name leads elsewhere since it was taken.
    settings.OUTBOUND_NETWORKS = []

    assert carry_deliveries(now=timezone.now()) == 0
    assert not receiver.asked
    assert "not on the open internet" in Delivery.objects.get().error


def test_a_new_secret_replaces_the_old(receiver: Answering) -> None:
    receiver.say(200, b"")
    webhook = hook(receiver)
    old, new = secret_of(webhook), rotate_secret(webhook)
    add_delivery(webhook, Kind.TEST, {}, now=timezone.now())
    carry_deliveries(now=timezone.now())

    assert is_signed(receiver.asked[0], new)
    assert not is_signed(receiver.asked[0], old)


def test_nobody_adds_an_address_twice_or_too_many(receiver: Answering) -> None:
    owner = make.user()
    hook(receiver, owner)
    with pytest.raises(NotTaken, match="already"):
        hook(receiver, owner)
    for count in range(WEBHOOKS_MAX - 1):
        add_webhook(owner, f"{receiver.url}/{count}", [], now=timezone.now())

    with pytest.raises(NotTaken, match=str(WEBHOOKS_MAX)):
        add_webhook(owner, f"{receiver.url}/more", [], now=timezone.now())


def test_the_log_does_not_grow_for_ever(receiver: Answering) -> None:
    receiver.say(200, b"")
    add_delivery(hook(receiver), Kind.TEST, {}, now=timezone.now())
    carry_deliveries(now=timezone.now())

    carry_deliveries(now=timezone.now() + KEPT + timedelta(seconds=1))

    assert not Delivery.objects.exists()


def test_scored_and_failed_submissions_are_told(
    receiver: Answering, mailoutbox: list[object]
) -> None:
    receiver.say(200, b"")
    make.release()
    owner = make.user()
    hook(receiver, owner)

    good = scored(submitter=owner, model="Good")
    failed(submitter=owner, model="Bad", right=1)
    carry_deliveries(now=timezone.now())

    bodies = [json.loads(asked.body) for asked in receiver.asked]
    told = {body["type"]: body["data"] for body in bodies}
    assert told.keys() == {"submission.scored", "submission.failed"}
    assert told["submission.scored"]["submission"]["id"] == good.public_id
    assert told["submission.scored"]["averages"]["portal-1"] == 1.0
    assert told["submission.failed"]["failure"]["code"] == "stored_file"
    assert [mail.subject for mail in mailoutbox] == [  # type: ignore[attr-defined]
        "Scored: Good",
        "Scoring has failed: Bad",
    ]


def told_of(receiver: Answering, owner: User, kind: Kind) -> Webhook:
    """Let the receiver be called, and a mail be written, for this kind of notice alone."""
    receiver.say(500, b"")
    receiver.say(200, b"")
    choose_mail(owner, [kind.value])
    return add_webhook(owner, f"{receiver.url}/hook", [kind.value], now=timezone.now())


def arrives_at_the_second_try(receiver: Answering, webhook: Webhook) -> dict[str, Any]:
    """What the one call said, after its receiver failed once; its log tells both tries."""
    now = timezone.now()
    assert carry_deliveries(now=now) == 0
    assert carry_deliveries(now=now + WAITS[0]) == 1
    assert carry_deliveries(now=now + WAITS[-1]) == 0
    first, second = receiver.asked
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
    assert is_signed(second, secret_of(webhook))
    # Yesterday's call with today's time is no call of ours.
    swapped = {**first.headers, "webhook-timestamp": second.headers["webhook-timestamp"]}
    assert not is_signed(Asked("POST", "/", swapped, first.body), secret_of(webhook))
    delivery = webhook.deliveries.get()
    assert (delivery.attempts, delivery.status, delivery.error) == (2, 200, "")
    assert delivery.delivered_at is not None
    body: dict[str, Any] = json.loads(second.body)
    return body


def test_a_published_submission_is_told(receiver: Answering, mailoutbox: list[Any]) -> None:
    make.release()
    owner = make.user()
    webhook = told_of(receiver, owner, Kind.PUBLISHED)
    submission = scored(submitter=owner, model="Mine", visibility=PRIVATE)

    assert publish_submission(submission, now=timezone.now())
    assert not publish_submission(submission, now=timezone.now())

    (mail,) = mailoutbox
    assert (mail.subject, mail.to) == ("Published: Mine", [owner.email])
    assert submission.get_absolute_url() in mail.body
    body = arrives_at_the_second_try(receiver, webhook)
    assert body["type"] == "submission.published"
    told = body["data"]["submission"]
    assert (told["id"], told["visibility"]) == (submission.public_id, "public")


def test_a_paused_run_is_told_with_its_reason(receiver: Answering, mailoutbox: list[Any]) -> None:
    owner = make.user()
    webhook = told_of(receiver, owner, Kind.RUN_PAUSED)
    run = asking.run(asking.endpoint("http://127.0.0.1:9/v1", owner=owner))

    assert halt_run(run, reason="The key is refused (401).", now=timezone.now())
    assert not halt_run(run, reason="Again.", now=timezone.now())

    (mail,) = mailoutbox
    assert (mail.subject, mail.to) == ("Paused: the run of Tiny model", [owner.email])
    assert "The key is refused (401)." in mail.body
    assert run.get_absolute_url() in mail.body
    body = arrives_at_the_second_try(receiver, webhook)
    assert body["type"] == "run.paused"
    assert body["data"]["reason"] == "The key is refused (401)."
    assert body["data"]["run"]["id"] == run.public_id


def test_who_pauses_a_run_needs_no_telling(receiver: Answering, mailoutbox: list[Any]) -> None:
    owner = make.user()
    told_of(receiver, owner, Kind.RUN_PAUSED)

    assert pause_run(asking.run(asking.endpoint(receiver.url, owner=owner)), reason="You did.")

    assert not mailoutbox
    assert not Delivery.objects.exists()


def test_who_wants_no_mail_gets_none(mailoutbox: list[object]) -> None:
    make.release()
    owner = make.user()
    choose_mail(owner, [])

    scored(submitter=owner)

    assert not mailoutbox
