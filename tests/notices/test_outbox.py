"""Mail on its way: written with what it tells of, carried by SMTP, tried again, given up."""

from collections.abc import Iterator
from datetime import timedelta
from email.message import Message
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as MessageHandler
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings

from notices.backoff import CLAIM, WAITS
from notices.models import Letter
from notices.post import KEPT, carry_letters
from tests import make
from tests.portal import free_port

pytestmark = pytest.mark.django_db


class Inbox(MessageHandler):
    """A mail server's inbox; it may refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[Message] = []
        self.refusal = ""

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        """Take a recipient, or refuse it as it was told to."""
        if not self.refusal:
            envelope.rcpt_tos.append(address)
        return self.refusal or "250 OK"

    def handle_message(self, message: Message) -> None:
        """Keep a mail."""
        self.mails.append(message)


@pytest.fixture
def inbox(settings: Settings) -> Iterator[Inbox]:
    """A real SMTP server on loopback, to which the outbox is carried."""
    settings.EMAIL_BACKEND = "notices.outbox.OutboxBackend"
    settings.MAIL_CARRIER = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    inbox = Inbox()
    server = Controller(inbox, hostname="127.0.0.1", port=settings.EMAIL_PORT)
    server.start()
    yield inbox
    server.stop()


def write(subject: str = "Hello") -> Letter:
    send_mail(subject, "Text ∞", None, ["somebody@example.org"])
    return Letter.objects.get()


def test_a_letter_is_carried_and_its_text_forgotten(inbox: Inbox) -> None:
    write("Größe ∞")
    assert not inbox.mails

    assert carry_letters(now=timezone.now()) == 1

    (mail,) = inbox.mails
    assert mail["To"] == "somebody@example.org"
    assert "Text" in mail.get_payload(decode=True).decode()  # type: ignore[union-attr]
    letter = Letter.objects.get()
    assert (letter.body, letter.due_at) == ("", None)
    assert letter.sent_at is not None
    assert carry_letters(now=timezone.now()) == 0


def test_what_is_rolled_back_is_not_told(inbox: Inbox) -> None:
    with transaction.atomic():
        write()
        transaction.set_rollback(True)

    carry_letters(now=timezone.now())

    assert not inbox.mails
    assert not Letter.objects.exists()


def test_a_mail_server_that_is_down_is_tried_again_and_again(
    inbox: Inbox, settings: Settings
) -> None:
    letter, now = write(), timezone.now()
    working, settings.EMAIL_PORT = settings.EMAIL_PORT, free_port()
    for count, wait in enumerate(WAITS[:3], start=1):
        assert carry_letters(now=now) == 0
        letter.refresh_from_db()
        assert (letter.attempts, letter.due_at) == (count, now + wait)
        assert carry_letters(now=now + wait - timedelta(seconds=1)) == 0
        now += wait
    settings.EMAIL_PORT = working

    assert carry_letters(now=now) == 1
    assert len(inbox.mails) == 1


def test_after_the_last_try_it_is_given_up(inbox: Inbox, settings: Settings) -> None:
    letter, now = write(), timezone.now()
    settings.EMAIL_PORT = free_port()
    for wait in (*WAITS, timedelta()):
        carry_letters(now=now)
        now += wait
    letter.refresh_from_db()

    assert letter.given_up_at is not None
    assert letter.attempts == len(WAITS) + 1
    assert "Refused" in letter.error


def test_an_address_that_does_not_exist_is_given_up_at_once(inbox: Inbox) -> None:
    write()
    inbox.refusal = "550 no such mailbox"

    carry_letters(now=timezone.now())

    letter = Letter.objects.get()
    assert (letter.attempts, letter.due_at) == (1, None)
    assert "550" in letter.error


def test_a_full_mailbox_is_tried_again(inbox: Inbox) -> None:
    write()
    inbox.refusal = "452 mailbox full"

    carry_letters(now=timezone.now())

    assert Letter.objects.get().due_at is not None


def test_a_carrier_that_died_leaves_its_letter_to_another(inbox: Inbox) -> None:
    letter, now = write(), timezone.now()
    # As a worker leaves it that claimed the letter and was killed.
    Letter.objects.update(due_at=now + CLAIM, attempts=1)

    assert carry_letters(now=now) == 0
    assert carry_letters(now=now + CLAIM) == 1
    letter.refresh_from_db()
    assert letter.attempts == 2


def test_rows_of_sent_letters_do_not_stay_for_ever(inbox: Inbox) -> None:
    write()
    now = timezone.now()
    carry_letters(now=now)

    carry_letters(now=now + KEPT + timedelta(seconds=1))

    assert not Letter.objects.exists()


def test_a_header_cannot_be_smuggled_in(inbox: Inbox) -> None:
    with pytest.raises(ValueError, match="newline"):
        write("Hello\nBcc: other@example.org")


def test_sign_up_survives_a_mail_server_that_is_down(
    inbox: Inbox, settings: Settings, client: Any
) -> None:
    settings.EMAIL_PORT = free_port()
    fields = {"email": "new@example.org", "password1": make.PASSWORD, "password2": make.PASSWORD}

    assert client.post("/accounts/signup/", fields).status_code == 302
    assert Letter.objects.get().recipients == ["new@example.org"]
