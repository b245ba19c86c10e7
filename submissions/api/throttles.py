"""Who is counted, and how many requests an address and a user may send in a minute."""

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle


def address_of(request: Request) -> str:
    """The sender's address; what proxies say of it counts as far as the settings trust them."""
    return BaseThrottle().get_ident(request) or "unknown"


def limits_of(request: Request, *, is_identified: bool) -> tuple[str, int]:
    """Who is counted, and how many requests a minute that one has; 0: not counted."""
    if is_identified:
        return f"user:{request.user.pk}", settings.API_USER_REQUESTS_PER_MINUTE
    return f"address:{address_of(request)}", settings.API_ADDRESS_REQUESTS_PER_MINUTE
