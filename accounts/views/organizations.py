"""Organizations: found one, see who belongs to it, change roles, leave."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms import InvitationForm, OrganizationForm, RoleForm
from accounts.models import Membership, Organization
from accounts.organizations import (
    OWNER,
    NotDone,
    change_role,
    found_organization,
    remove_member,
    role_in,
)
from accounts.views.http import organization_of, person_of


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def organizations(request: HttpRequest) -> HttpResponse:
    """List one's organizations; a POST founds one."""
    person, status = person_of(request), 200
    form = OrganizationForm(request.POST or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            made = found_organization(form.cleaned_data["name"], founder=person, now=timezone.now())
            return redirect(made)
        except NotDone as error:
            form.add_error("name", str(error))
    if form.errors:
        status = 422
    memberships = Membership.objects.filter(user=person).select_related("organization")
    context = {"form": form, "memberships": memberships}
    return render(request, "organization/list.html", context, status=status)


@require_safe
@login_required
@never_cache
def organization(request: HttpRequest, slug: str) -> HttpResponse:
    """Show an organization's members and open invitations to its members."""
    return members_page(request, organization_of(request, slug), InvitationForm(label_suffix=""))


def members_page(
    request: HttpRequest, found: Organization, form: InvitationForm, *, status: int = 200
) -> HttpResponse:
    """The page of members, with the form that invites more."""
    context = {
        "organization": found,
        "is_owner": role_in(found, person_of(request)) == OWNER,
        "memberships": found.memberships.select_related("user"),
        "invitations": found.invitations.filter(expires_at__gt=timezone.now()),
        "form": form,
    }
    return render(request, "organization/page.html", context, status=status)


@require_POST
@login_required
def role(request: HttpRequest, slug: str, person_id: str) -> HttpResponse:
    """Make a member an owner, or an owner a member."""
    found = organization_of(request, slug, role=OWNER)
    form = RoleForm(request.POST)
    if not form.is_valid():
        raise Http404("no such role")
    try:
        change_role(found, int(person_id), form.cleaned_data["role"])
        messages.success(request, _("The role is changed."))
    except NotDone as error:
        messages.error(request, str(error))
    return redirect(found)


@require_POST
@login_required
def remove(request: HttpRequest, slug: str, person_id: str) -> HttpResponse:
    """Leave an organization, or end somebody's membership as its owner."""
    person = person_of(request)
    is_leaving = int(person_id) == person.pk
    found = organization_of(request, slug, role=None if is_leaving else OWNER)
    try:
        remove_member(found, int(person_id))
    except NotDone as error:
        messages.error(request, str(error))
        return redirect(found)
    if is_leaving:
        messages.success(request, _("You have left %(name)s.") % {"name": found.name})
        return redirect("accounts:organizations")
    messages.success(request, _("The membership has ended."))
    return redirect(found)
