"""How a script says who it is: `Authorization: Token …`."""

from typing import Any

from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed


class ApiTokenAuthentication(TokenAuthentication):  # type: ignore[misc]  # knox has no type hints.
    """knox's, for any bytes that a client may send."""

    def authenticate_credentials(self, token: bytes) -> Any:
        """Find the token's user; what is not ASCII is no token of ours."""
        if not token.isascii():
            raise AuthenticationFailed("Invalid token.")
        return super().authenticate_credentials(token)
