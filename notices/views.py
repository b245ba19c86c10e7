"""The pages of one's notices: what comes by mail, which addresses are called, what arrived."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from notices.chosen import choose_mail, mail_kinds
from notices.forms import MailForm, WebhookForm
from notices.models import Webhook
from notices.tell import add_test
from notices.webhooks import NotTaken, add_webhook, rotate_secret, secret_of, send_again

_LISTED = 50


@require_safe
@login_required
@never_cache
def notices(request: HttpRequest) -> HttpResponse:
    """Show what the reader is told, and how."""
    return _page(request)


@require_POST
@login_required
def mail(request: HttpRequest) -> HttpResponse:
    """Keep what the reader wants by mail."""
    form = MailForm(request.POST, label_suffix="")
    if not form.is_valid():
        return _page(request, mail_form=form, status=422)
    choose_mail(_person(request), form.cleaned_data["kinds"])
    messages.success(request, _("Kept."))
    return redirect("notices:notices")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def webhooks(request: HttpRequest) -> HttpResponse:
    """Take a new address and show its secret this one time."""
    if request.method != "POST":
        return redirect("notices:notices")
    form = WebhookForm(request.POST, label_suffix="")
    if form.is_valid():
        data = form.cleaned_data
        try:
            made = add_webhook(_person(request), data["url"], data["kinds"], now=timezone.now())
            return _page(request, secret=secret_of(made), secret_of=made)
        except NotTaken as error:
            form.add_error("url", str(error))
    return _page(request, hook_form=form, status=422)


@require_POST
@login_required
@never_cache
def rotate(request: HttpRequest, public_id: str) -> HttpResponse:
    """Give an address a new secret and show it this one time."""
    webhook = _own(request, public_id)
    return _page(request, secret=rotate_secret(webhook), secret_of=webhook)


@require_POST
@login_required
def delete(request: HttpRequest, public_id: str) -> HttpResponse:
    """Call an address no more."""
    _own(request, public_id).delete()
    messages.success(request, _("The webhook is deleted. Nothing is sent there any more."))
    return redirect("notices:notices")


@require_POST
@login_required
def test(request: HttpRequest, public_id: str) -> HttpResponse:
    """Send a notice that tells of nothing, to see whether it arrives."""
    webhook = _own(request, public_id)
    add_test(webhook, now=timezone.now())
    return redirect("notices:deliveries", public_id=public_id)


@require_safe
@login_required
@never_cache
def deliveries(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show the latest calls to an address and what came of them."""
    webhook = _own(request, public_id)
    context = {"webhook": webhook, "deliveries": webhook.deliveries.all()[:_LISTED]}
    return render(request, "notices/deliveries.html", context)


@require_POST
@login_required
def again(request: HttpRequest, public_id: str, delivery_id: int) -> HttpResponse:
    """Send a notice once more that was given up; its id stays the same."""
    delivery = _own(request, public_id).deliveries.filter(pk=delivery_id).first()
    if delivery is None or not send_again(delivery, now=timezone.now()):
        raise Http404("no such delivery")
    return redirect("notices:deliveries", public_id=public_id)


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)


def _own(request: HttpRequest, public_id: str) -> Webhook:
    found = Webhook.objects.filter(owner=_person(request), public_id=public_id).first()
    if found is None:
        raise Http404("no such webhook")
    return found


def _page(
    request: HttpRequest,
    *,
    mail_form: MailForm | None = None,
    hook_form: WebhookForm | None = None,
    status: int = 200,
    **shown: Any,
) -> HttpResponse:
    person = _person(request)
    context = {
        "mail_form": mail_form or MailForm(initial={"kinds": mail_kinds(person)}, label_suffix=""),
        "hook_form": hook_form or WebhookForm(label_suffix=""),
        "webhooks": person.webhooks.all(),
        **shown,
    }
    return render(request, "notices/page.html", context, status=status)
