"""What those who manage a submission do with it: each a form that posts, and back to its page."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from submissions import actions
from submissions.access import can_manage, can_manage_model
from submissions.limits import WITHDRAW_REASON_CHARS
from submissions.models import Submission
from submissions.views.http import readable_submission, reader_of
from submissions.withdraw import withdraw_submission


def _managed(request: HttpRequest, public_id: str) -> Submission:
    """The submission, if the reader manages it.

    Raises:
        Http404: if not, or it is none.
    """
    found = readable_submission(request, public_id)
    if not can_manage(found, reader_of(request)):
        raise Http404("no such submission")
    return found


def _text(request: HttpRequest, field: str) -> str:
    """What was written into a field, on one line; PostgreSQL holds no NUL."""
    return " ".join(request.POST.get(field, "").replace("\0", "").split())


def _change(
    request: HttpRequest,
    public_id: str,
    change: Callable[..., bool],
    done: str,
) -> HttpResponse:
    found = _managed(request, public_id)
    if change(found, now=timezone.now()):
        messages.success(request, done)
    else:
        messages.error(request, gettext("Nothing was changed: that is not possible any more."))
    return redirect(found)


@require_POST
@login_required
def publish(request: HttpRequest, public_id: str) -> HttpResponse:
    """Make a submission public."""
    done = gettext("Published. You can undo this for 24 hours.")
    return _change(request, public_id, actions.publish_submission, done)


@require_POST
@login_required
def undo_publish(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take publishing back."""
    done = gettext("Publishing is undone.")
    return _change(request, public_id, actions.undo_publish, done)


@require_POST
@login_required
def unlist(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a submission off every list."""
    done = gettext("Unlisted. Whoever has the link still sees it.")
    return _change(request, public_id, actions.unlist_submission, done)


@require_POST
@login_required
def withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take a submission off the board for good, with a word why."""
    reason = _text(request, "reason")[:WITHDRAW_REASON_CHARS]
    done = gettext("Withdrawn. It is off the board; you can still see this page.")

    def _withdraw(found: Submission, **when: object) -> bool:
        return withdraw_submission(found, reason=reason, **when)  # type: ignore[arg-type]

    return _change(request, public_id, _withdraw, done)


@require_POST
@login_required
def rename(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give the submission's model another display name."""
    found = _managed(request, public_id)
    if not can_manage_model(found.model, reader_of(request)):
        raise Http404("not the reader's model")
    try:
        actions.rename_model(found, _text(request, "name"), now=timezone.now())
    except actions.NotPossible as error:
        messages.error(request, str(error))
    else:
        messages.success(request, gettext("Renamed. Addresses stay as they are."))
    return redirect(found)


@require_POST
@login_required
def supersede(request: HttpRequest, public_id: str) -> HttpResponse:
    """Put a later submission in the place of this one."""
    found = _managed(request, public_id)
    try:
        actions.supersede_submission(found, _text(request, "by"), now=timezone.now())
    except actions.NotPossible as error:
        messages.error(request, str(error))
    else:
        messages.success(request, gettext("Superseded. The board shows the later one now."))
    return redirect(found)
