"""Organizations over the API: founded, read, left; members invited, promoted, removed."""

from typing import Any, ClassVar, cast

from allauth.core import ratelimit
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import Throttled
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.mail import mail_invitation
from accounts.models import Membership, Scope, User
from accounts.organizations import (
    OWNER,
    NotDone,
    accept_invitation,
    change_role,
    find_invitation,
    found_organization,
    invite,
    remove_member,
)
from submissions.api.base import ApiView
from submissions.api.once import MadeOnce, answer_once
from submissions.api.organization_shapes import (
    AcceptSerializer,
    FoundSerializer,
    InvitationShape,
    InviteSerializer,
    OrganizationDetailShape,
    OrganizationShape,
    RoleChangeSerializer,
)
from submissions.api.pages import ListView
from submissions.api.problems import Problem
from submissions.api.shapes import api_address

# As long as its limit looks back.
_HOUR_SECONDS = 3600


def own_memberships(request: Request) -> QuerySet[Membership]:
    """The reader's memberships."""
    return Membership.objects.filter(user=request.user.pk).select_related("organization")


def own_membership(request: Request, slug: str, *, as_owner: bool = False) -> Membership:
    """The reader's membership in an organization, which is no outsider's business.

    Raises:
        Http404: if the reader is no member.
        Problem: if the reader is no owner, where only owners may.
    """
    found = get_object_or_404(own_memberships(request), organization__slug=slug)
    if as_owner and found.role != OWNER:
        raise Problem("not-yours", "Only an owner of the organization may do this.")
    return found


def refused(error: NotDone) -> Problem:
    """Why it may not be."""
    return Problem("not-possible", str(error))


class OrganizationsView(MadeOnce, ListView):
    """`/organizations/`."""

    is_public = False
    shape = OrganizationShape
    parser_classes = (JSONParser,)
    scopes: ClassVar = {"POST": Scope.MANAGE}
    problems: ClassVar = {"POST": (409, 415, 422)}

    def get_queryset(self) -> QuerySet[Membership]:
        """One's own."""
        return own_memberships(self.request)

    @extend_schema(summary="List your organizations", responses=OrganizationShape(many=True))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Those that you belong to, with what is left of their quotas."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        summary="Found an organization",
        request=FoundSerializer,
        responses={201: OrganizationShape},
    )
    def post(self, request: Request) -> Response:
        """You are its owner."""
        return answer_once(self, request, lambda _tried_at: self._found(request))

    def _found(self, request: Request) -> Response:
        asked = FoundSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        person = cast(User, request.user)
        try:
            name = asked.validated_data["name"]
            made = found_organization(name, founder=person, now=timezone.now())
        except NotDone as error:
            raise refused(error) from error
        address = api_address({"request": request}, "organization", made.slug)
        own = own_membership(request, made.slug)
        return self.answer(own, status=201, headers={"Location": address})


class OrganizationView(ApiView):
    """`/organizations/<slug>/`."""

    is_public = False
    shape = OrganizationDetailShape

    @extend_schema(summary="Read an organization", responses=OrganizationDetailShape)
    def get(self, request: Request, slug: str) -> Response:
        """Its members, and for its owners their addresses and the open invitations."""
        return self.answer(own_membership(request, slug))


class MemberView(ApiView):
    """`/organizations/<slug>/members/<id>/`."""

    is_public = False
    shape = OrganizationDetailShape
    parser_classes = (JSONParser,)
    scopes: ClassVar = {"PATCH": Scope.MANAGE, "DELETE": Scope.MANAGE}
    problems: ClassVar = {"PATCH": (409, 415), "DELETE": (409,)}

    @extend_schema(
        summary="Change a member’s role",
        operation_id="organizations_role",
        request=RoleChangeSerializer,
        responses={200: OrganizationDetailShape},
    )
    def patch(self, request: Request, slug: str, person_id: str) -> Response:
        """Make a member an owner, or an owner a member; somebody stays owner."""
        own = own_membership(request, slug, as_owner=True)
        asked = RoleChangeSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        role = asked.validated_data.get("role")
        try:
            if role:
                change_role(own.organization, int(person_id), role)
        except NotDone as error:
            raise refused(error) from error
        return self.answer(own_membership(request, slug))

    @extend_schema(
        summary="End a membership", operation_id="organizations_remove", responses={204: None}
    )
    def delete(self, request: Request, slug: str, person_id: str) -> Response:
        """Leave an organization, or end somebody's membership as its owner."""
        is_leaving = int(person_id) == request.user.pk
        own = own_membership(request, slug, as_owner=not is_leaving)
        try:
            remove_member(own.organization, int(person_id))
        except NotDone as error:
            raise refused(error) from error
        return Response(status=204)


class InvitationsView(MadeOnce, ApiView):
    """`/organizations/<slug>/invitations/`."""

    is_public = False
    shape = InvitationShape
    parser_classes = (JSONParser,)
    scopes: ClassVar = {"POST": Scope.MANAGE}
    problems: ClassVar = {"POST": (409, 415, 422)}

    @extend_schema(
        summary="Invite somebody",
        operation_id="organizations_invite",
        request=InviteSerializer,
        responses={201: InvitationShape},
    )
    def post(self, request: Request, slug: str) -> Response:
        """By mail; an earlier invitation to the same address stops to work."""
        own_membership(request, slug, as_owner=True)
        return answer_once(self, request, lambda _tried_at: self._invite(request, slug))

    @sensitive_variables("secret")
    def _invite(self, request: Request, slug: str) -> Response:
        own = own_membership(request, slug, as_owner=True)
        asked = InviteSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        # Counted with those of the page: invitations are mail to anybody.
        if not ratelimit.consume(request._request, action="invite"):
            raise Throttled(wait=_HOUR_SECONDS)
        person, data = cast(User, request.user), asked.validated_data
        now = timezone.now()
        try:
            made, secret = invite(own.organization, **data, inviter=person, now=now)
        except NotDone as error:
            raise refused(error) from error
        mail_invitation(request._request, made, secret)
        address = api_address({"request": request}, "invitation", slug, made.pk)
        return self.answer(made, status=201, headers={"Location": address})


class InvitationView(ApiView):
    """`/organizations/<slug>/invitations/<id>/`."""

    is_public = False
    scopes: ClassVar = {"DELETE": Scope.MANAGE}

    @extend_schema(
        summary="Withdraw an invitation",
        operation_id="organizations_withdraw_invitation",
        responses={204: None},
    )
    def delete(self, request: Request, slug: str, invitation_id: str) -> Response:
        """Make its link worthless."""
        own = own_membership(request, slug, as_owner=True)
        if not own.organization.invitations.filter(pk=int(invitation_id)).delete()[0]:
            raise Http404("no such invitation")
        return Response(status=204)


class AcceptView(ApiView):
    """`/invitations/accept/`."""

    is_public = False
    shape = OrganizationShape
    parser_classes = (JSONParser,)
    scopes: ClassVar = {"POST": Scope.MANAGE}
    problems: ClassVar = {"POST": (404, 409, 415)}

    @extend_schema(
        summary="Accept an invitation",
        operation_id="invitations_accept",
        request=AcceptSerializer,
        responses={200: OrganizationShape},
    )
    @sensitive_variables("asked")
    def post(self, request: Request) -> Response:
        """Join the organization whose link has this secret; it works once."""
        asked = AcceptSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        now = timezone.now()
        found = find_invitation(asked.validated_data["secret"], now=now)
        if found is None:
            raise Http404("no such invitation")
        try:
            accept_invitation(found, cast(User, request.user), now=now)
        except NotDone as error:
            raise refused(error) from error
        return self.answer(own_membership(request, found.organization.slug))
