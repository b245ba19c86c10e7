"""HTTP clients that talk to one checked address only, follow nothing, and read no more than asked.

The transport connects to the pinned address; the name stays in the Host header and in TLS, so the
certificate is still the name's own.
"""

import ssl
import time
from collections.abc import AsyncIterator
from typing import Final

import httpx2

from outbound.addresses import Target
from outbound.refusals import AddressRefused

CONNECT_SECONDS: Final = 10.0
_PLAIN: Final = {"Accept-Encoding": "identity"}


class AnswerRefused(Exception):
    """An answer is too large, takes too long, or is packed although we asked for it plain."""


def _pinned(request: httpx2.Request, target: Target) -> httpx2.Request:
    """The request, sent to the target's address; refused if it is for anybody else."""
    url = request.url
    port = url.port or {"https": 443, "http": 80}.get(url.scheme)
    asked = (url.scheme, url.host.removesuffix("."), port)
    # httpx2 gives an IPv6 host without its brackets, as the target has it.
    if asked != (target.scheme, target.host, target.port):
        raise AddressRefused("not-checked", host=url.host)
    return httpx2.Request(
        request.method,
        url.copy_with(host=target.address),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": target.host},
    )


class _Transport(httpx2.BaseTransport):
    def __init__(self, target: Target, inner: httpx2.BaseTransport) -> None:
        self._target, self._inner = target, inner

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        return self._inner.handle_request(_pinned(request, self._target))

    def close(self) -> None:
        self._inner.close()


class _AsyncTransport(httpx2.AsyncBaseTransport):
    def __init__(self, target: Target, inner: httpx2.AsyncBaseTransport) -> None:
        self._target, self._inner = target, inner

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        return await self._inner.handle_async_request(_pinned(request, self._target))

    async def aclose(self) -> None:
        await self._inner.aclose()


def client(
    target: Target, *, seconds: float, verify: ssl.SSLContext | bool = True
) -> httpx2.Client:
    """A client for short calls such as webhooks.

    Args:
        target: as `pin` gave it; requests to anything else raise AddressRefused.
        seconds: how long the other side may be silent.
        verify: which certificates are believed.
    """
    transport = _Transport(target, httpx2.HTTPTransport(verify=verify, trust_env=False))
    return httpx2.Client(
        transport=transport,
        headers=_PLAIN,
        timeout=httpx2.Timeout(seconds, connect=CONNECT_SECONDS),
        follow_redirects=False,
        trust_env=False,
    )


def async_client(
    target: Target,
    *,
    seconds: float,
    connections: int = 100,
    verify: ssl.SSLContext | bool = True,
) -> httpx2.AsyncClient:
    """The same for many calls at once, at most `connections` of them."""
    limits = httpx2.Limits(max_connections=connections, max_keepalive_connections=connections)
    inner = httpx2.AsyncHTTPTransport(verify=verify, trust_env=False, limits=limits)
    return httpx2.AsyncClient(
        transport=_AsyncTransport(target, inner),
        headers=_PLAIN,
        timeout=httpx2.Timeout(seconds, connect=CONNECT_SECONDS),
        follow_redirects=False,
        trust_env=False,
    )


class _Allowance:
    """What is left of an answer's bytes and time."""

    def __init__(self, response: httpx2.Response, max_bytes: int, seconds: float) -> None:
        packing = response.headers.get("Content-Encoding", "identity")
        if packing != "identity":
            # A small packed answer may unpack to any size.
            raise AnswerRefused(f"the answer is packed as {packing[:40]}; we asked for it plain")
        self._max_bytes, self._seconds = max_bytes, seconds
        self._left, self._deadline = max_bytes, time.monotonic() + seconds

    def use(self, chunk: bytes) -> bytes:
        self._left -= len(chunk)
        if self._left < 0:
            raise AnswerRefused(f"the answer has more than {self._max_bytes} bytes")
        if time.monotonic() > self._deadline:
            raise AnswerRefused(f"the answer took longer than {self._seconds:g} seconds")
        return chunk


def read_limited(response: httpx2.Response, *, max_bytes: int, seconds: float) -> bytes:
    """Read a streamed response and stop when it is too large or drips for too long.

    Raises:
        AnswerRefused: as soon as that is known.
    """
    allowance = _Allowance(response, max_bytes, seconds)
    return b"".join(allowance.use(chunk) for chunk in response.iter_raw())


async def limited_chunks(
    response: httpx2.Response, *, max_bytes: int, seconds: float
) -> AsyncIterator[bytes]:
    """The chunks of a streamed response as they come.

    Raises:
        AnswerRefused: as soon as it is too large or too slow.
    """
    allowance = _Allowance(response, max_bytes, seconds)
    async for chunk in response.aiter_raw():
        yield allowance.use(chunk)
