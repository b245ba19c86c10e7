"""Every change of a token: made with its scopes and its end, used, revoked."""

import hmac
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q
from knox.crypto import hash_token
from knox.settings import CONSTANTS

from accounts.models import ApiToken, Scope, User

# A person needs a handful; more is a script gone wrong.
TOKENS_MAX: Final = 50
LAST_USE_SECONDS: Final = 60


class TooManyTokens(Exception):
    """The user has as many tokens as one may have."""


def create_token(
    user: User, *, name: str, scopes: Collection[Scope], lifetime: timedelta | None
) -> tuple[ApiToken, str]:
    """Store a new token's hash; its secret is in the answer and nowhere else.

    Args:
        user: as whom it acts.
        name: what it is for.
        scopes: what it may do, at least one.
        lifetime: None for a token that never expires.

    Raises:
        TooManyTokens: if the user must revoke one first.
    """
    with transaction.atomic():
        # One after the other, or two at once would pass the limit.
        User.objects.select_for_update().get(pk=user.pk)
        if ApiToken.objects.filter(user=user).count() >= TOKENS_MAX:
            raise TooManyTokens
        token, secret = ApiToken.objects.create(
            user=user,
            expiry=lifetime,
            name=name,
            may_read=Scope.READ in scopes,
            may_submit=Scope.SUBMIT in scopes,
            may_manage=Scope.MANAGE in scopes,
        )
    return token, secret


def find_token(secret: str) -> ApiToken | None:
    """The token of this secret, expired or not."""
    digest = hash_token(secret)
    same_start = ApiToken.objects.filter(token_key=secret[: CONSTANTS.TOKEN_KEY_LENGTH])
    token: ApiToken
    for token in same_start.select_related("user"):
        if hmac.compare_digest(digest, token.digest):
            return token
    return None


def note_use(token: ApiToken, *, now: datetime) -> None:
    """Remember when a token was last used, at most once a minute."""
    before = now - timedelta(seconds=LAST_USE_SECONDS)
    is_old = token.last_used_at is None or token.last_used_at < before
    if is_old:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=before)
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)


def revoke_token(user: User, token_key: str) -> bool:
    """Delete a user's own token.  False if the user has none of that key."""
    revoked, _ = ApiToken.objects.filter(user=user, token_key=token_key).delete()
    return bool(revoked)
