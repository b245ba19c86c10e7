"""Whose address counts where somebody signs in behind proxies."""

from django.conf import settings


def test_signing_in_and_the_api_trust_the_same_proxies() -> None:
    assert settings.REST_FRAMEWORK["NUM_PROXIES"] == settings.ALLAUTH_TRUSTED_PROXY_COUNT
