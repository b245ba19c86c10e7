"""One request at a time: retries where that is safe, and errors that say what to do."""

import os
import random
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import httpx2

from ibench.answers import error_of
from ibench.errors import BadUsage, IbenchError, Unreachable

# A server that restarts is back within these tries: 0.5, 1, 2, 4 seconds apart.
TRIES: Final = 5
_FIRST_WAIT_SECONDS: Final = 0.5
# A longer wait is the person's decision.
_WAIT_MAX_SECONDS: Final = 30
_COME_BACK: Final = frozenset({502, 503, 504})
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_TIMEOUT: Final = httpx2.Timeout(60, connect=10)

try:
    AGENT = f"ibench/{version('ibench')}"
except PackageNotFoundError:  # Run from a checkout that was not installed.
    AGENT = "ibench"


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


class Connection:
    """A site and the token for it; the token is sent to no other place."""

    def __init__(self, site: str, token: str | None) -> None:
        parts = urlsplit(site)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise BadUsage(f"{site!r} is no address of a site.", fix="Write https://…")
        is_open = parts.scheme == "http" and parts.hostname not in _LOOPBACK
        if is_open and token and not os.environ.get("IBENCH_INSECURE"):
            raise BadUsage(
                f"{site} is not encrypted: everybody on the way could read your token.",
                fix="Write https://…, or set IBENCH_INSECURE=1 if the network is yours.",
            )
        self.site = site.rstrip("/")
        self.has_token = bool(token)
        headers = {"User-Agent": AGENT, "Accept": "application/json"}
        if token:
            if not token.isascii() or not token.isprintable():
                raise BadUsage("The token has characters that no token has.", fix="Copy it again.")
            headers["Authorization"] = f"Token {token}"
        self._client = httpx2.Client(headers=headers, timeout=_TIMEOUT)

    def close(self) -> None:
        """Let the connections go."""
        self._client.close()

    def url(self, path: str) -> str:
        """An address on the site.

        Raises:
            IbenchError: if the server named an address elsewhere.
        """
        url = urljoin(f"{self.site}/", path)
        if _origin(url) != _origin(self.site):
            raise IbenchError(
                f"The server names an address elsewhere: {url}",
                fix="Nothing was sent there. Check IBENCH_SITE, and tell the organizers.",
            )
        return url

    def json(self, method: str, path: str, **arguments: Any) -> Any:
        """Send a request and read its JSON answer."""
        answer = self.send(method, path, **arguments)
        try:
            return answer.json()
        except ValueError as error:
            fix = "Check that IBENCH_SITE is the portal's address."
            raise Unreachable(f"{self.site} did not answer with JSON.", fix=fix) from error

    def send(
        self,
        method: str,
        path: str,
        *,
        is_repeatable: bool | None = None,
        rewind: Callable[[], None] | None = None,
        **arguments: Any,
    ) -> httpx2.Response:
        """Send a request, again where the server is away and sending twice is safe.

        Args:
            method: of HTTP.
            path: on the site.
            is_repeatable: whether twice is as good as once; by default only of GET and HEAD.
            rewind: called before each further try, to send a stream from its start.
            arguments: of httpx2's `request`.

        Raises:
            IbenchError: one class an exit code.
        """
        url = self.url(path)
        if is_repeatable is None:
            is_repeatable = method in ("GET", "HEAD")
        tries = TRIES if is_repeatable else 1
        for count in range(1, tries + 1):
            if count > 1 and rewind is not None:
                rewind()
            wait = _FIRST_WAIT_SECONDS * 2 ** (count - 1) * random.uniform(0.75, 1.25)  # noqa: S311
            try:
                answer = self._client.request(method, url, **arguments)
            except httpx2.TransportError as error:
                if count == tries:
                    raise self._unreachable(error) from error
            else:
                if answer.status_code not in _COME_BACK or count == tries:
                    return self._checked(answer)
                wait = max(wait, retry_after(answer) or 0)
            time.sleep(min(wait, _WAIT_MAX_SECONDS))
        raise AssertionError

    def _checked(self, answer: httpx2.Response) -> httpx2.Response:
        if answer.is_redirect:
            place = answer.headers.get("Location", "another place")
            fix = "Name the site's own address: ibench login --site …"
            raise IbenchError(f"{self.site} sends us to {place}.", fix=fix)
        if answer.is_error:
            raise error_of(answer, site=self.site, retry_after_seconds=retry_after(answer))
        return answer

    def _unreachable(self, error: httpx2.TransportError) -> Unreachable:
        reason = str(error) or type(error).__name__
        return Unreachable(
            f"{self.site} could not be reached: {reason}",
            fix="Check the address and your network, then run the same command again.",
        )


def retry_after(answer: httpx2.Response) -> int | None:
    """How many seconds the server asks to wait; None where it does not say."""
    value = answer.headers.get("Retry-After", "")
    if value.isdecimal() and len(value) < 9:
        return int(value)
    try:
        return max(0, round(parsedate_to_datetime(value).timestamp() - time.time()))
    except (TypeError, ValueError):
        return None
