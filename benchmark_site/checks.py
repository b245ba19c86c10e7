"""System checks of our own: what must be true before the portal serves anybody."""

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from benchmark_site.env import BASE_DIR, secret_files
from scoring import SCORERS, SUITES

# Shorter than what we make ourselves is what somebody typed.
_KEY_CHARS: Final = 50
_KEY_LETTERS: Final = 12
_KNOWN_KEYS: Final = ("django-insecure", "change", "secret", "example", "test", "insecure")


@register(Tags.security, deploy=True)
def check_open_internet(**_kwargs: Any) -> list[CheckMessage]:
    """Refuse settings that only a development machine may have."""
    return [*_hosts(), *_debug(), *_secret_key(), *_key_files(), *_address()]


def _hosts() -> Iterator[CheckMessage]:
    if any("*" in host for host in settings.ALLOWED_HOSTS):
        yield Error("ALLOWED_HOSTS admits every host", hint="Name them.", id="portal.E001")


def _debug() -> Iterator[CheckMessage]:
    if settings.DEBUG:
        hint = "Unset DEBUG: its error pages show settings and data to everybody."
        yield Error("DEBUG is on", hint=hint, id="portal.E004")


def _secret_key() -> Iterator[CheckMessage]:
    key = settings.SECRET_KEY
    is_known = any(key.lower().startswith(word) for word in _KNOWN_KEYS)
    if is_known or len(key) < _KEY_CHARS or len(set(key)) < _KEY_LETTERS:
        hint = "Take 64 random bytes: python -c 'import secrets; print(secrets.token_urlsafe(64))'"
        yield Error("SECRET_KEY is short or known to others", hint=hint, id="portal.E005")


def files_with_secrets() -> list[Path]:
    """Every file on this machine that holds a secret of the site."""
    state = Path(settings.STATE_DIR)
    seeds = state / "seeds"
    found = [BASE_DIR / ".env", state / "secret_key", state / "sealing_keys", *secret_files]
    if seeds.is_dir():
        found += sorted(seeds.iterdir())
    return [path for path in found if path.is_file()]


def _key_files() -> Iterator[CheckMessage]:
    for path in files_with_secrets():
        if path.stat().st_mode & stat.S_IRWXO:
            hint = f"chmod o= {path}; if others could sign in here, change the secret too."
            yield Error(f"everybody on this machine may read {path}", hint=hint, id="portal.E006")


def _address() -> Iterator[CheckMessage]:
    if not settings.HTTPS:
        hint = "Serve the site over TLS and set HTTPS=true."
        yield Error("HTTPS is off", hint=hint, id="portal.E007")
    elif not settings.SITE_URL.startswith("https://"):
        hint = "Set SITE_URL to the site's https:// address."
        yield Error("links in mail lead to http", hint=hint, id="portal.E008")


@register()
def check_defaults(**_kwargs: Any) -> list[CheckMessage]:
    """The suite and the scorer that the board opens with must exist."""
    found: list[CheckMessage] = []
    if settings.DEFAULT_SUITE not in SUITES:
        hint = f"One of: {', '.join(SUITES)}."
        found.append(
            Error(f"DEFAULT_SUITE is {settings.DEFAULT_SUITE!r}", hint=hint, id="portal.E002")
        )
    if settings.DEFAULT_SCORER not in SCORERS:
        hint = f"One of: {', '.join(SCORERS)}."
        found.append(
            Error(f"DEFAULT_SCORER is {settings.DEFAULT_SCORER!r}", hint=hint, id="portal.E003")
        )
    return found
