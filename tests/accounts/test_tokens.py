"""A token's life: stored as a hash, told apart, used, expired."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import ApiToken, Scope
from accounts.tokens import TOKENS_MAX, TooManyTokens, create_token, find_token, note_use
from tests import make

pytestmark = pytest.mark.django_db
EVERYTHING = list(Scope)


def test_only_a_hash_is_stored() -> None:
    token, secret = create_token(make.user(), name="t", scopes=EVERYTHING, lifetime=None)

    assert secret not in str(ApiToken.objects.filter(pk=token.pk).values().get())
    assert find_token(secret) == token
    assert find_token(secret[:-1] + ("0" if secret[-1] != "0" else "1")) is None


def test_an_expired_token_is_told_so() -> None:
    token, secret = create_token(make.user(), name="t", scopes=EVERYTHING, lifetime=timedelta(1))
    ApiToken.objects.filter(pk=token.pk).update(expiry=timezone.now() - timedelta(seconds=1))

    answer = Client(headers={"authorization": f"Token {secret}"}).get("/api/v1/submissions/")

    assert answer.status_code == 401
    assert "expired" in answer.json()["detail"]


def test_the_last_use_is_noted_at_most_once_a_minute() -> None:
    token, _ = create_token(make.user(), name="t", scopes=EVERYTHING, lifetime=None)

    for seconds in (0, 30, 59):
        note_use(token, now=make.NOW + timedelta(seconds=seconds))
        token.refresh_from_db()
        assert token.last_used_at == make.NOW
    note_use(token, now=make.NOW + timedelta(seconds=61))

    token.refresh_from_db()
    assert token.last_used_at == make.NOW + timedelta(seconds=61)


def test_nobody_has_tokens_without_end() -> None:
    owner = make.user()
    for number in range(TOKENS_MAX):
        create_token(owner, name=str(number), scopes=EVERYTHING, lifetime=None)

    with pytest.raises(TooManyTokens):
        create_token(owner, name="one more", scopes=EVERYTHING, lifetime=None)
