"""Equal bytes of two submissions: one is forgotten while the other comes in, and keeps them."""

import threading
import time

import pytest
from django.db import connection, transaction

from accounts.models import User
from submissions.files import is_kept, read_stored
from submissions.forget import forget_content
from submissions.keeping import FilesGone, drop_unreferenced, hold_files
from submissions.models import Submission
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)


def in_a_thread(work: object, *arguments: object) -> threading.Thread:
    """Work on a connection of its own."""

    def run() -> None:
        try:
            work(*arguments)  # type: ignore[operator]
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def hashes(submission: Submission) -> set[str]:
    """What its rows say it keeps."""
    return {
        *submission.files.values_list("sha256", flat=True),
        *submission.tasks.values_list("sha256", flat=True),
    }


def withdraw_and_forget(submission: Submission) -> None:
    with transaction.atomic():
        Submission.objects.filter(pk=submission.pk).update(withdrawn_at=make.NOW)
        forget_content(submission)


def test_bytes_that_come_in_while_they_are_deleted_are_kept() -> None:
    make.release()
    leaver, comer = make.user("leaver@example.org"), make.user("comer@example.org")
    old = make.submission(submitter=leaver, model="Old")

    # The newcomer has stored its files and waits for its own lock when the other one goes.
    with transaction.atomic():
        User.objects.select_for_update().get(pk=comer.pk)
        coming = in_a_thread(lambda: make.submission(submitter=comer, model="New"))
        time.sleep(1)
        going = in_a_thread(withdraw_and_forget, old)
        time.sleep(1)
    coming.join(60)
    going.join(60)

    new = Submission.objects.get(model__name="New")
    for sha256 in hashes(new):
        assert read_stored(sha256)


def test_what_nobody_has_any_more_is_deleted() -> None:
    make.release()
    old = make.submission()
    sha256s = hashes(old)

    withdraw_and_forget(old)

    assert not any(is_kept(sha256) for sha256 in sha256s)


def test_a_file_that_is_gone_cannot_be_held() -> None:
    make.release()
    (first, *_) = make.submission().files.all()
    drop_unreferenced({"0" * 64})
    with transaction.atomic():
        hold_files([first.sha256])

    with transaction.atomic(), pytest.raises(FilesGone):
        hold_files([first.sha256, "0" * 64])
