"""How a script says who it is: `Authorization: Token …`."""

from typing import Any

from django.utils import timezone
from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

from accounts.models import ApiToken, User
from accounts.tokens import find_token, note_use


class ApiTokenAuthentication(TokenAuthentication):  # type: ignore[misc]  # knox has no type hints.
    """knox's, for any bytes that a client may send; an expired token stays, to be told so."""

    def authenticate_credentials(self, token: bytes) -> tuple[User, ApiToken]:
        """Find the token's user; what is not ASCII is no token of ours."""
        found = find_token(token.decode()) if token.isascii() else None
        if found is None:
            raise AuthenticationFailed("There is no such token. Make one on the site.")
        if found.is_expired:
            raise AuthenticationFailed(
                f"This token expired on {found.expiry:%Y-%m-%d}. Make a new one on the site."
            )
        note_use(found, now=timezone.now())
        user: Any = self.validate_user(found)[0]
        return user, found
