"""Invitations: written by owners, withdrawn by owners, accepted through the link in the mail."""

from typing import cast

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import InvitationForm
from accounts.mail import mail_invitation
from accounts.organizations import (
    OWNER,
    NotDone,
    accept_invitation,
    find_invitation,
    invite,
)
from accounts.views.http import organization_of, person_of
from accounts.views.organizations import members_page


@require_POST
@login_required
@sensitive_variables("secret")
def invitations(request: HttpRequest, slug: str) -> HttpResponse:
    """Invite somebody by mail, as an owner."""
    found = organization_of(request, slug, role=OWNER)
    form = InvitationForm(request.POST, label_suffix="")
    if form.is_valid():
        # Withdrawn and written anew, invitations would be mail to anybody without an end.
        if too_many := ratelimit.consume_or_429(request, action="invite"):
            return cast(HttpResponse, too_many)
        try:
            invitation, secret = invite(
                found,
                form.cleaned_data["email"],
                role=form.cleaned_data["role"],
                inviter=person_of(request),
                now=timezone.now(),
            )
        except NotDone as error:
            form.add_error("email", str(error))
        else:
            mail_invitation(request, invitation, secret)
            messages.success(
                request,
                _("An invitation is on its way to %(email)s.") % {"email": invitation.email},
            )
            return redirect(found)
    return members_page(request, found, form, status=422)


@require_POST
@login_required
def withdraw_invitation(request: HttpRequest, slug: str, invitation_id: int) -> HttpResponse:
    """Make an invitation's link worthless, as an owner."""
    found = organization_of(request, slug, role=OWNER)
    if not found.invitations.filter(pk=invitation_id).delete()[0]:
        raise Http404("no such invitation")
    messages.success(request, _("The invitation is withdrawn."))
    return redirect(found)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
@sensitive_variables("secret")
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Ask whether to join; a POST joins."""
    found = find_invitation(secret, now=timezone.now())
    if found is None:
        return render(request, "organization/invitation.html", {"invitation": None}, status=404)
    if request.method != "POST":
        return render(request, "organization/invitation.html", {"invitation": found})
    try:
        accept_invitation(found, person_of(request), now=timezone.now())
    except NotDone as error:
        messages.error(request, str(error))
        return redirect("accounts:organizations")
    messages.success(
        request, _("You are a member of %(name)s now.") % {"name": found.organization.name}
    )
    return redirect(found.organization)
