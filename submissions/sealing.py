"""Secrets that we must be able to use again, such as endpoints' keys: encrypted at rest.

The keys that seal come from the setting SEALING_KEYS, newest first: what an older one sealed can
still be read, and `reseal` seals it anew with the newest.
"""

from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class SealBroken(Exception):
    """None of the keys reads this: a key was lost or taken out too early."""

    def __init__(self) -> None:
        super().__init__("none of SEALING_KEYS reads a stored secret; enter it again")


class Secret:
    """A text that shows itself nowhere: not in a log, a traceback or an error page."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text, for the one place that sends it."""
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__


@lru_cache(maxsize=4)
def _fernet(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def _current() -> MultiFernet:
    return _fernet(tuple(settings.SEALING_KEYS))


def seal(secret: Secret) -> str:
    """Encrypt a secret with the newest key; nothing stays nothing."""
    return _current().encrypt(secret.reveal().encode()).decode() if secret else ""


def unseal(sealed: str) -> Secret:
    """The secret that was sealed.  Raises: SealBroken."""
    if not sealed:
        return Secret("")
    try:
        return Secret(_current().decrypt(sealed.encode()).decode())
    except InvalidToken:
        raise SealBroken from None


def reseal(sealed: str) -> str:
    """The same secret under the newest key.  Raises: SealBroken."""
    if not sealed:
        return ""
    try:
        return _current().rotate(sealed.encode()).decode()
    except InvalidToken:
        raise SealBroken from None
