"""Asks OpenAI-compatible servers over HTTP, many prompts at a time, from a loop of its own."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Final

import httpx2

from outbound import AnswerRefused, Rules, Target, async_client, limited_chunks, pin
from outbound.addresses import Resolver, resolve
from scoring.truncation import Fitted
from workers.runners import openai_wire as wire
from workers.runners.base import Completion, RunnerError, Trouble, Wait
from workers.runners.throttle import Throttle, Ticket

_ERROR_BYTES: Final = 64 * 1024
_LISTED_BYTES: Final = 1024 * 1024
# How soon to look again when only the end of another worker's request makes room.
_POLL_SECONDS: Final = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointConfig:
    """Where and how a server is asked.  The key shows itself in no representation."""

    base_url: str
    model: str
    key: str = field(repr=False, default="")
    is_chat: bool = True
    is_azure: bool = False
    api_version: str = ""
    concurrency: int = 4
    idle_seconds: float = 300.0
    answer_seconds: float = 3600.0
    answer_bytes: int = 32 * 1024 * 1024
    answer_chars: int = 128 * 1024
    rules: Rules = field(default_factory=Rules)


class OpenAICompatible:
    """A runner for one endpoint.  Its requests run in a thread with an event loop."""

    def __init__(
        self, config: EndpointConfig, throttle: Throttle, *, resolver: Resolver = resolve
    ) -> None:
        """Resolve and pin the address once.

        Raises:
            outbound.AddressRefused: if it leads where we do not call.
        """
        self._config, self._throttle = config, throttle
        self._target: Target = pin(config.base_url, rules=config.rules, resolver=resolver)
        self._dropped: frozenset[str] = frozenset()
        self._failures_in_a_row = 0
        self._tickets: set[Ticket] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._client = async_client(
            self._target, seconds=config.idle_seconds, connections=config.concurrency
        )
        asyncio.run_coroutine_threadsafe(self._renew_tickets(), self._loop)

    async def _renew_tickets(self) -> None:
        while True:
            await asyncio.sleep(self._throttle.lease_seconds / 4)
            if self._tickets:
                self._throttle.renew(self._tickets)

    @property
    def failures_in_a_row(self) -> int:
        """Failures of the server since its last answer, over all workers."""
        return self._failures_in_a_row

    @property
    def left_out(self) -> list[str]:
        """Parameters that the server does not take."""
        return sorted(self._dropped)

    def forget_failures(self) -> None:
        """Count them anew, for everybody."""
        self._failures_in_a_row = 0
        self._throttle.forget_failures()

    def room(self) -> int:
        """As many as its owner lets us send at once."""
        return self._config.concurrency

    def start(self, prompt: Fitted) -> "Future[Completion] | Wait":
        """Send a prompt if the endpoint's limits let another one go out."""
        admitted = self._throttle.admit(prompt.kept_tokens + prompt.max_new_tokens)
        if not isinstance(admitted, Ticket):
            return Wait(admitted or _POLL_SECONDS)
        return asyncio.run_coroutine_threadsafe(self._answer(prompt, admitted), self._loop)

    async def _answer(self, prompt: Fitted, ticket: Ticket) -> Completion:
        self._tickets.add(ticket)
        try:
            return await self._settled_answer(prompt, ticket)
        finally:
            self._tickets.discard(ticket)

    async def _settled_answer(self, prompt: Fitted, ticket: Ticket) -> Completion:
        try:
            completion, headers = await self._ask(prompt)
        except RunnerError as error:
            self._settle_error(ticket, error)
            raise self._without_key(error) from None
        except BaseException:
            self._throttle.dropped(ticket)
            raise
        self._failures_in_a_row = 0
        tokens = completion.tokens_in + completion.tokens_out
        wait = wire.wait_seconds({**headers, "retry-after": ""})
        self._throttle.succeeded(ticket, tokens=tokens or None, wait_seconds=wait)
        return completion

    def _settle_error(self, ticket: Ticket, error: RunnerError) -> None:
        if error.trouble is Trouble.RATE_LIMIT:
            self._throttle.limited(ticket, wait_seconds=error.wait_seconds)
        elif error.trouble is Trouble.RETRY:
            failures = self._throttle.failed(ticket, wait_seconds=error.wait_seconds)
            self._failures_in_a_row = failures
        else:
            self._throttle.dropped(ticket)

    async def _ask(self, prompt: Fitted) -> tuple[Completion, Mapping[str, str]]:
        """Send a prompt; again without a parameter that the server does not take."""
        while True:
            sent = wire.body(
                prompt,
                model=self._config.model,
                is_chat=self._config.is_chat,
                dropped=self._dropped,
            )
            try:
                async with asyncio.timeout(self._config.answer_seconds):
                    return await self._send(sent)
            except _Unsupported as error:
                self._dropped |= {error.parameter}
            except TimeoutError as error:
                seconds = self._config.answer_seconds
                reason = f"The answer took longer than {seconds:g} seconds."
                raise RunnerError(Trouble.RETRY, reason) from error
            except AnswerRefused as error:
                raise RunnerError(Trouble.EXAMPLE, f"The server's answer: {error}.") from error
            except httpx2.HTTPError as error:
                # Its text may hold the address, never a header; its kind says enough.
                reason = f"The server could not be reached or fell silent: {_kind(error)}."
                raise RunnerError(Trouble.RETRY, reason) from error

    async def _send(self, sent: Mapping[str, Any]) -> tuple[Completion, Mapping[str, str]]:
        began = time.monotonic()
        what = "chat/completions" if self._config.is_chat else "completions"
        async with self._client.stream(
            "POST", self._url(what), json=sent, headers=self._headers()
        ) as response:
            if response.status_code != 200:
                return await self._refused(response, sent, began), response.headers
            reading, first = wire.Reading(), None
            async for data in self._objects(response):
                if reading.take(data) and first is None:
                    first = time.monotonic() - began
            return self._completion(reading, began, first), response.headers

    def _completion(self, reading: wire.Reading, began: float, first: float | None) -> Completion:
        ended, text = reading.end(), reading.text
        if len(text) > self._config.answer_chars:
            reason = f"The answer has more than {self._config.answer_chars} characters."
            raise RunnerError(Trouble.EXAMPLE, reason)
        return Completion(
            text=text,
            finish_reason=ended,
            seconds=time.monotonic() - began,
            tokens_in=reading.tokens_in,
            tokens_out=reading.tokens_out,
            reused_tokens=reading.reused_tokens,
            first_token_seconds=first,
            request_id=reading.request_id,
            fingerprint=reading.fingerprint,
        )

    async def _refused(
        self, response: httpx2.Response, sent: Mapping[str, Any], began: float
    ) -> Completion:
        """A refusal as a completion.  Raises: RunnerError for every other error."""
        raw = await self._read(response, _ERROR_BYTES)
        message = wire.error_message(raw)
        if parameter := wire.unsupported(response.status_code, message, sent):
            raise _Unsupported(parameter)
        if wire.is_filtered(response.status_code, message):
            return Completion(
                text="", finish_reason="content_filter", seconds=time.monotonic() - began
            )
        raise wire.classify(response.status_code, message, response.headers)

    def _without_key(self, error: RunnerError) -> RunnerError:
        """Some servers repeat the key that they did not accept; nobody reads it from us."""
        key = self._config.key
        if key:
            error.reason = error.reason.replace(key, "…")
            error.args = (error.reason,)
        return error

    async def _read(self, response: httpx2.Response, max_bytes: int) -> bytes:
        chunks = limited_chunks(response, max_bytes=max_bytes, seconds=self._config.answer_seconds)
        # No list of pieces: of one byte each, they would take forty times their length.
        kept = bytearray()
        async for chunk in chunks:
            kept += chunk
        return bytes(kept)

    async def _objects(self, response: httpx2.Response) -> AsyncIterator[Any]:
        """The JSON objects of an answer: one, or the events of a stream until its end."""
        if "text/event-stream" not in response.headers.get("content-type", ""):
            yield wire.read_json(await self._read(response, self._config.answer_bytes))
            return
        chunks = limited_chunks(
            response,
            max_bytes=self._config.answer_bytes,
            seconds=self._config.answer_seconds,
        )
        async for line in whole_lines(chunks):
            data = line.strip().removeprefix(b"data:").strip()
            if data == b"[DONE]":
                return
            if data and line.startswith(b"data:"):
                yield wire.read_json(data)

    def _url(self, what: str) -> str:
        query = f"?api-version={self._config.api_version}" if self._config.api_version else ""
        return f"{self._config.base_url}/{what}{query}"

    def _headers(self) -> dict[str, str]:
        if not self._config.key:
            return {}
        if self._config.is_azure:
            return {"api-key": self._config.key}
        return {"Authorization": f"Bearer {self._config.key}"}

    def describe(self) -> dict[str, Any]:
        """What the server says of itself, and what had to be left out of requests to it."""
        listed = asyncio.run_coroutine_threadsafe(self._models(), self._loop).result()
        return {
            "runner": "openai-compatible",
            "client": f"httpx2 {httpx2.__version__}",
            **listed,
        }

    async def _models(self) -> dict[str, Any]:
        """What GET /models tells of the model; nothing where the server does not tell."""
        try:
            async with (
                asyncio.timeout(30),
                self._client.stream(
                    "GET", self._url("models"), headers=self._headers()
                ) as response,
            ):
                server = response.headers.get("server", "")[:80]
                data = wire.read_json(await self._read(response, _LISTED_BYTES))
        except (httpx2.HTTPError, RunnerError, AnswerRefused, TimeoutError):
            return {}
        rows = data.get("data") if isinstance(data, dict) else None
        mine = [
            row
            for row in (rows if isinstance(rows, list) else [])
            if isinstance(row, dict) and row.get("id") == self._config.model
        ]
        known = ("id", "owned_by", "root", "max_model_len", "created")
        told = {key: str(mine[0][key])[:120] for key in known if mine and mine[0].get(key)}
        return {"server": server, "model": told}

    def close(self) -> None:
        """Drop what is in flight, close its connections, and end the loop."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)
        self._loop.close()

    async def _end(self) -> None:
        mine = asyncio.current_task()
        others = [task for task in asyncio.all_tasks(self._loop) if task is not mine]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self._client.aclose()


async def whole_lines(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Lines that have come to their end.

    A piece is put behind what is there, which is not copied for it: else one long line in small
    pieces would cost its length squared.
    """
    kept = bytearray()
    async for chunk in chunks:
        kept += chunk
        if b"\n" in chunk:
            *lines, rest = bytes(kept).split(b"\n")
            kept = bytearray(rest)
            for line in lines:
                yield line


class _Unsupported(Exception):
    def __init__(self, parameter: str) -> None:
        super().__init__(parameter)
        self.parameter = parameter


def _kind(error: Exception) -> str:
    """ReadTimeout as "read timeout"."""
    name = type(error).__name__
    return "".join(f" {char.lower()}" if char.isupper() else char for char in name).strip()
