"""A model's server for tests: OpenAI's protocol over a real socket, with faults on request.

It answers from a small deterministic model: a few rules that read the prompt.  Faults are scripted
by prompt and by how often that prompt has been asked, so that a test knows what must happen.  It
keeps a log of all that it was asked, by its own clock.
"""

import asyncio
import hashlib
import json
import re
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn

KEY = "sk-test-Zq8vK3mW7nR5tY1u"
_DONE = b"data: [DONE]\n\n"
# Streams that do not end as they should: what they say, how, and their last bytes.
_STREAMED: dict[str, tuple[list[tuple[str, str | None]], bytes]] = {
    "refusal": ([("I will not", "content_filter")], _DONE),
    "cut": ([("This answer has no", None)], b""),
    "error_inside": ([], b'data: {"error": {"message": "oops"}}\n\n'),
}
Scope = dict[str, Any]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Fault = Callable[["Asked"], str]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as the server saw it."""

    at: float
    # The how-manieth request of all, and of this prompt, from 0.
    number: int
    turn: int
    prompt: str
    digest: str
    tokens: int
    max_tokens: int
    body: dict[str, Any]
    headers: dict[str, str]

    def lot(self, kinds: int) -> int:
        """A number below `kinds` that depends on the prompt alone."""
        return int(self.digest[:8], 16) % kinds


def no_fault(_asked: Asked) -> str:
    """Always answer."""
    return ""


@dataclass(slots=True)
class ModelServer:
    """What a test sets, and what it reads afterwards."""

    fault: Fault = no_fault
    answer_seconds: float = 0.0
    # What the server says it takes at most; None: anything.
    limit_tokens: int | None = None
    keep_prompts: bool = False
    url: str = ""
    log: list[Asked] = field(default_factory=list)
    # Prompts whose answer was sent to its end.
    served: Counter[str] = field(default_factory=Counter)
    # ("asked" or "served", number) in the order in which it happened.
    events: list[tuple[str, int]] = field(default_factory=list)
    # Requests whose client went away while they were slow.
    dropped: int = 0
    in_flight: int = 0
    most_in_flight: int = 0
    turns: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        if headers.get("authorization") != f"Bearer {KEY}" and headers.get("api-key") != KEY:
            given = headers.get("authorization", "")
            await _json(send, 401, {"error": {"message": f"Incorrect API key: {given}"}})
        elif scope["path"].endswith("/models"):
            row = {"id": "tiny", "owned_by": "tests", "max_model_len": self.limit_tokens or 0}
            await _json(send, 200, {"data": [row]})
        else:
            await self._complete(await _body(receive), headers, receive, send)

    async def _complete(
        self, body: dict[str, Any], headers: dict[str, str], receive: Receive, send: Send
    ) -> None:
        asked = self._note(body, headers)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            fault = self.fault(asked)
            if fault.startswith("slow ") and await _left(receive, float(fault[5:])):
                self.dropped += 1
            elif not await self._fail(fault.partition("slow ")[0], asked, send):
                await self._answer(asked, send)
        finally:
            self.in_flight -= 1

    def _note(self, body: dict[str, Any], headers: dict[str, str]) -> Asked:
        prompt = body.get("prompt") or "\n".join(one["content"] for one in body["messages"])
        digest = hashlib.sha256(prompt.encode()).hexdigest()
        room = body.get("max_tokens") or body.get("max_completion_tokens") or 0
        with self.lock:
            asked = Asked(
                at=time.monotonic(),
                number=len(self.log),
                turn=self.turns[digest],
                prompt=prompt if self.keep_prompts else "",
                digest=digest,
                tokens=len(prompt.split()) + 1,
                max_tokens=room,
                body={key: value for key, value in body.items() if key != "messages"},
                headers=headers,
            )
            self.turns[digest] += 1
            self.log.append(asked)
            self.events.append(("asked", asked.number))
        return asked if self.keep_prompts else _with_prompt(asked, prompt)

    async def _fail(self, fault: str, asked: Asked, send: Send) -> bool:
        """Do what a fault does; whether the request ended with it."""
        if not fault and self.limit_tokens and asked.tokens > self.limit_tokens:
            fault = f"too_long {self.limit_tokens} {asked.tokens}"
        if not fault:
            return False
        kind, *numbers = fault.split()
        if kind == "reset":
            raise ConnectionResetError("scripted")
        if kind in _STREAMED:
            pieces, end = _STREAMED[kind]
            await self._stream(asked, send, pieces, end=end)
        else:
            await _raw(send, *_faulty(kind, *numbers))
        return True

    async def _answer(self, asked: Asked, send: Send) -> None:
        if self.answer_seconds:
            await asyncio.sleep(self.answer_seconds)
        text = answer_to(asked.prompt)
        words = re.findall(r"\S+\s*", text)[: asked.max_tokens or None]
        pieces: list[tuple[str, str | None]] = [(word, None) for word in words]
        await self._stream(asked, send, [*pieces, ("", "stop")])
        with self.lock:
            self.served[asked.digest] += 1
            self.events.append(("served", asked.number))

    async def _stream(
        self,
        asked: Asked,
        send: Send,
        pieces: list[tuple[str, str | None]],
        *,
        end: bytes = _DONE,
    ) -> None:
        is_chat = "prompt" not in asked.body
        chunks = []
        for text, ended in pieces:
            said = {"delta": {"content": text}} if is_chat else {"text": text}
            choice = {"index": 0, "finish_reason": ended, **said}
            event = {"id": f"r-{asked.number}", "system_fingerprint": "tiny-1", "choices": [choice]}
            chunks.append(b"data: " + json.dumps(event).encode() + b"\n\n")
        usage = {"prompt_tokens": asked.tokens, "completion_tokens": len(pieces)}
        if end:
            chunks.append(
                b"data: " + json.dumps({"choices": [], "usage": usage}).encode() + b"\n\n"
            )
        await send(_head(200, b"text/event-stream"))
        for chunk in chunks:
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": end})


def _with_prompt(asked: Asked, prompt: str) -> Asked:
    """For this one request; the log does not keep it."""
    values = {name: getattr(asked, name) for name in Asked.__dataclass_fields__}
    return Asked(**{**values, "prompt": prompt})


def _faulty(kind: str, *numbers: str) -> tuple[Any, ...]:
    """An answer that is an error or nonsense: status, type, body, headers."""
    first, second = (*numbers, "", "")[:2]
    error: dict[str, Any] = {"message": f"scripted {kind}"}
    status, headers = 400, []
    if kind == "429":
        headers = [(b"retry-after", first.encode() or b"1")]
        status = 429
    elif kind == "no_money":
        status, error = 429, {"code": "insufficient_quota"}
    elif kind == "unsupported":
        error = {"message": f"Unsupported parameter: '{first}' is not supported."}
    elif kind == "too_long":
        error = {
            "message": f"This model's maximum context length is {first} tokens. However, your "
            f"messages resulted in {second} tokens.",
            "code": "context_length_exceeded",
        }
    elif kind == "filtered":
        error = {"message": "The response was filtered", "code": "content_filter"}
    elif kind == "redirect":
        headers = [(b"location", b"http://169.254.169.254/latest/meta-data/")]
        status = 302
    elif kind in _NONSENSE:
        kind_of, body = _NONSENSE[kind]
        return 200, kind_of, body * int(first or 1)
    else:
        status = int(kind)
    return status, b"application/json", json.dumps({"error": error}).encode(), *headers


_NONSENSE = {
    "malformed": (b"application/json", b'{"choices": [{"mess'),
    "html": (b"text/html", b"<h1>welcome</h1>"),
    "large": (b"application/json", b" "),
}


def answer_to(prompt: str) -> str:
    """The small deterministic model: right where a rule reads the prompt, else a fixed guess."""
    if found := re.search(r"The pass key is (\d+)", prompt):
        return found[1]
    if found := re.search(r"The sequence of digits is (\d+)", prompt):
        return found[1]
    if found := re.search(r'Key: "([^"]+)"', prompt):
        value = re.search(rf'"{re.escape(found[1])}"\s*:\s*"([^"]+)"', prompt)
        return value[1] if value else "none"
    if found := re.search(r"<expression>\n(.*?)\n</expression>", prompt, re.DOTALL):
        return ", ".join(map(str, _running_results(found[1])))
    if "Reply with its letter only" in prompt:
        return "ABCD"[len(prompt) % 4]
    return f"Answer {hashlib.sha256(prompt.encode()).hexdigest()[:8]}."


def _running_results(expression: str) -> Iterator[int]:
    value = None
    for sign, digits in re.findall(r"([+-]?)\s*(\d+)", expression):
        number = -int(digits) if sign == "-" else int(digits)
        if value is not None:
            yield value + number
        value = (value or 0) + number


async def _left(receive: Receive, seconds: float) -> bool:
    """Whether the client closes its connection within so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return False
    return True


def _head(status: int, kind: bytes, *headers: tuple[bytes, bytes]) -> dict[str, Any]:
    return {
        "type": "http.response.start",
        "status": status,
        "headers": [(b"content-type", kind), *headers],
    }


async def _raw(
    send: Send, status: int, kind: bytes, body: bytes, *headers: tuple[bytes, bytes]
) -> None:
    await send(_head(status, kind, *headers))
    await send({"type": "http.response.body", "body": body})


async def _json(
    send: Send, status: int, data: dict[str, Any], *headers: tuple[bytes, bytes]
) -> None:
    await _raw(send, status, b"application/json", json.dumps(data).encode(), *headers)


async def _chunks(receive: Receive) -> AsyncIterator[bytes]:
    while True:
        message = await receive()
        yield message.get("body", b"")
        if not message.get("more_body"):
            return


async def _body(receive: Receive) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(b"".join([chunk async for chunk in _chunks(receive)]))
    return data


@contextmanager
def running_server(server: ModelServer | None = None) -> Iterator[ModelServer]:
    """A server on a free loopback port, in a thread with a loop of its own."""
    model = server or ModelServer()
    config = uvicorn.Config(model, port=0, log_level="critical", lifespan="off", ws="none")
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    while not running.started:
        time.sleep(0.01)
    port = running.servers[0].sockets[0].getsockname()[1]
    model.url = f"http://127.0.0.1:{port}/v1"
    try:
        yield model
    finally:
        running.should_exit = True
        running.force_exit = True
        thread.join(10)
