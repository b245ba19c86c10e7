"""What the account's views share: who is asking, and which organization is meant."""

from typing import cast

from django.http import Http404, HttpRequest

from accounts.models import Organization, User
from accounts.organizations import role_in


def person_of(request: HttpRequest) -> User:
    """Who is asking, behind `login_required`."""
    return cast(User, request.user)


def organization_of(request: HttpRequest, slug: str, *, role: str | None = None) -> Organization:
    """The organization, for its members; with `role`, for those who have it.

    Raises:
        Http404: for everybody else: an organization is no outsider's business.
    """
    found = Organization.objects.filter(slug=slug).first()
    mine = role_in(found, person_of(request)) if found else None
    if found is None or mine is None or role not in (None, mine):
        raise Http404("no such organization")
    return found
