"""Who may ask an endpoint: everybody where it is public, and a token only what it was allowed."""

from typing import Any

from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.models import ApiToken, Scope


class ScopeMissing(PermissionDenied):
    """A token that may not do this."""

    default_code = "insufficient-scope"

    def __init__(self, scope: Scope) -> None:
        super().__init__(
            f"This token lacks the scope “{scope}”. Make one that has it on the site.",
            self.default_code,
        )
        self.auth_header = f'Token error="insufficient_scope", scope="{scope}"'


class MayAct(BasePermission):
    """Signed in, except for reading what is public; a token needs the endpoint's scope."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the request may go on.

        Raises:
            ScopeMissing: if its token may not do this.
        """
        if not request.user.is_authenticated:
            return view.is_public and request.method in SAFE_METHODS
        needed = view.scope_of(request.method)
        if isinstance(request.auth, ApiToken) and needed not in request.auth.scopes:
            raise ScopeMissing(needed)
        return True
