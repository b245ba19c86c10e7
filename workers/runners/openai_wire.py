"""The protocol of OpenAI-compatible servers: what is sent, how answers and errors are read.

Knows no network.  An answer is only an answer when the server said how it ended; anything else is
an error with its reason.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from json import JSONDecodeError, loads
from typing import Any, Final

from scoring.truncation import Fitted
from workers.runners.base import RunnerError, Trouble

REASON_CHARS: Final = 300
# Parameters that some servers do not take, and what is sent in their place, if anything is.
DROPPABLE: Final = {
    "max_tokens": "max_completion_tokens",
    "seed": None,
    "temperature": None,
    "stream_options": None,
    "stop": None,
}
_STOPPED: Final = frozenset({"stop", "eos", "eos_token", "stop_sequence", "end_turn"})
_TOO_LONG: Final = re.compile(
    r"context[_ ]length[_ ]exceeded|maximum context length|max_model_len|context window"
    r"|(input|prompt|request) (is )?too (long|large)|exceeds? the (available )?context"
    r"|too many tokens|exceed_context_size|inputs.{0,10}tokens.{0,20}must be",
    re.IGNORECASE,
)
_LIMIT: Final = re.compile(
    r"(?:context (?:length|size|window)(?: is| of)?|max_model_len|must be <=?|at most|maximum of"
    r"|n_ctx\D{0,12})\D{0,12}(\d{2,8})",
    re.IGNORECASE,
)
_ASKED: Final = re.compile(
    r"(?:requested|resulted in|given|request \(|n_prompt_tokens\D{0,6})\D{0,12}(\d{2,8})"
    r"(?: tokens|\b)",
    re.IGNORECASE,
)
_FILTERED: Final = re.compile(
    r"content[_ ]filter|content management policy|ResponsibleAI", re.IGNORECASE
)
_NO_MONEY: Final = re.compile(
    r"insufficient_quota|billing|exceeded your current quota", re.IGNORECASE
)
_UNSUPPORTED: Final = re.compile(
    r"unsupported|not supported|unrecognized|unknown|unexpected|extra|does not support|invalid",
    re.IGNORECASE,
)
_DURATION: Final = re.compile(r"(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+)ms)?")
_RETRIED: Final = frozenset({408, 409, 425, 500, 502, 503, 504, 520, 522, 524, 529})
_FATAL: Final = frozenset({401, 402, 403, 404, 405, 406, 407, 410, 421, 426, 451})


def body(prompt: Fitted, *, model: str, is_chat: bool, dropped: frozenset[str]) -> dict[str, Any]:
    """The JSON of a request: greedy, seeded, streamed."""
    sent: dict[str, Any] = {"model": model, "stream": True, **_asked(prompt, is_chat)}
    optional: dict[str, Any] = {
        "max_tokens": prompt.max_new_tokens,
        "temperature": 0,
        "seed": 0,
        "stream_options": {"include_usage": True},
    }
    if prompt.stop:
        optional["stop"] = list(prompt.stop)
    for name, value in optional.items():
        if name not in dropped:
            sent[name] = value
        elif replacement := DROPPABLE[name]:
            sent[replacement] = value
    return sent


def _asked(prompt: Fitted, is_chat: bool) -> dict[str, Any]:
    if not is_chat:
        return {"prompt": f"{prompt.system}\n\n{prompt.user}" if prompt.system else prompt.user}
    system = [{"role": "system", "content": prompt.system}] if prompt.system else []
    return {"messages": [*system, {"role": "user", "content": prompt.user}]}


@dataclass(slots=True)
class Reading:
    """What has been read of one answer so far."""

    parts: list[str] = field(default_factory=list)
    finish_reason: str = ""
    is_refusal: bool = False
    tokens_in: int = 0
    tokens_out: int = 0
    reused_tokens: int = 0
    request_id: str = ""
    fingerprint: str = ""

    @property
    def text(self) -> str:
        """The answer, without what a database or a JSON file cannot hold."""
        whole = "".join(self.parts).replace("\0", "\ufffd")
        return whole.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    def take(self, data: Any) -> bool:
        """Take one JSON object of the server; whether it brought text.

        Raises:
            RunnerError: if it is an error, or not what the protocol has.
        """
        if not isinstance(data, dict):
            raise RunnerError(Trouble.RETRY, "The server sent something that is no JSON object.")
        if data.get("error"):
            raise _error_within(data["error"])
        self.request_id = self.request_id or str(data.get("id") or "")[:120]
        self.fingerprint = self.fingerprint or str(data.get("system_fingerprint") or "")[:120]
        self._take_usage(data.get("usage"))
        choices = data.get("choices") or []
        if not isinstance(choices, list) or not all(isinstance(one, dict) for one in choices):
            raise RunnerError(Trouble.RETRY, "The server sent choices that are none.")
        return bool(choices) and self._take_choice(choices[0])

    def _take_choice(self, choice: Mapping[str, Any]) -> bool:
        said = choice.get("delta") or choice.get("message") or {}
        if not isinstance(said, dict):
            raise RunnerError(Trouble.RETRY, "The server sent a message that is none.")
        self.is_refusal |= bool(said.get("refusal"))
        text = said.get("content") or said.get("refusal") or choice.get("text") or ""
        if not isinstance(text, str):
            raise RunnerError(Trouble.RETRY, "The server sent an answer that is no text.")
        if text:
            self.parts.append(text)
        if reason := choice.get("finish_reason"):
            self.finish_reason = str(reason)
        return bool(text)

    def _take_usage(self, usage: Any) -> None:
        if not isinstance(usage, dict):
            return
        self.tokens_in = _count(usage.get("prompt_tokens")) or self.tokens_in
        self.tokens_out = _count(usage.get("completion_tokens")) or self.tokens_out
        details = usage.get("prompt_tokens_details")
        if isinstance(details, dict):
            self.reused_tokens = _count(details.get("cached_tokens"))

    def end(self) -> str:
        """How the answer ended: "stop", "length" or "content_filter".

        Raises:
            RunnerError: if the server did not say, or says something that is no end.
        """
        if self.is_refusal or self.finish_reason == "content_filter":
            return "content_filter"
        if self.finish_reason in _STOPPED:
            return "stop"
        if self.finish_reason == "length":
            return "length"
        if not self.finish_reason:
            raise RunnerError(Trouble.RETRY, "The answer was cut off before its end.")
        ended = self.finish_reason[:40]
        raise RunnerError(Trouble.EXAMPLE, f"The answer ended with {ended!r}, which is no answer.")


def _count(value: Any) -> int:
    return value if isinstance(value, int) and 0 <= value < 2**31 else 0


def read_json(text: str | bytes) -> Any:
    """Parse JSON of a server.  Raises: RunnerError."""
    try:
        return loads(text)
    except (JSONDecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise RunnerError(Trouble.RETRY, "The server sent malformed JSON.") from error


def _error_within(error: Any) -> RunnerError:
    """An error that came as an answer or inside a stream, with a status of its own or none."""
    code = error.get("code") if isinstance(error, dict) else None
    status = code if isinstance(code, int) and 400 <= code < 600 else 500
    return classify(status, _message({"error": error}), {})


def classify(status: int, message: str, headers: Mapping[str, str]) -> RunnerError:
    """What an HTTP error means.

    Args:
        status: the HTTP status.
        message: what the server said, as text.
        headers: of the answer, for how long to wait.
    """
    reason = (
        f"The server answered {status}: {_shown(message)}"
        if message
        else (f"The server answered {status}.")
    )
    wait = wait_seconds(headers)
    if 300 <= status < 400:
        return RunnerError(Trouble.FATAL, f"{reason} Redirects are not followed.")
    if status == 413 or (status in (400, 422, 500) and _TOO_LONG.search(message)):
        return RunnerError(
            Trouble.TOO_LONG,
            reason,
            limit_tokens=_number(_LIMIT, message),
            asked_tokens=_number(_ASKED, message),
        )
    if status == 429:
        trouble = Trouble.FATAL if _NO_MONEY.search(message) else Trouble.RATE_LIMIT
        return RunnerError(trouble, reason, wait_seconds=wait)
    if status in _RETRIED or status > 500:
        return RunnerError(Trouble.RETRY, reason, wait_seconds=wait)
    return RunnerError(Trouble.FATAL if status in _FATAL else Trouble.EXAMPLE, reason)


def is_filtered(status: int, message: str) -> bool:
    """Whether an error is a refusal: some servers answer 400 where others end an answer."""
    return status in (400, 403) and bool(_FILTERED.search(message))


def unsupported(status: int, message: str, sent: Mapping[str, Any]) -> str | None:
    """The parameter of a request that the server does not take, if that is why it refused."""
    if status not in (400, 422) or not _UNSUPPORTED.search(message):
        return None
    for name in DROPPABLE:
        if name in sent and re.search(rf"\b{name}\b", message):
            return name
    return None


def error_message(raw: bytes) -> str:
    """What a server says of an error, out of JSON or plain text."""
    text = raw.decode("utf-8", "replace")
    try:
        return _message(loads(text))
    except (ValueError, RecursionError):
        return text.strip()


def _message(data: Any) -> str:
    error = data.get("error", data) if isinstance(data, dict) else data
    if not isinstance(error, dict):
        return str(error)
    parts = [str(error[key]) for key in ("message", "detail", "code", "type") if error.get(key)]
    return " ".join(dict.fromkeys(parts))


def _shown(message: str) -> str:
    text = " ".join("".join(char if char.isprintable() else " " for char in message).split())
    return text if len(text) <= REASON_CHARS else text[: REASON_CHARS - 1] + "…"


def _number(pattern: re.Pattern[str], message: str) -> int | None:
    found = pattern.search(message.replace(",", ""))
    return int(found[1]) if found else None


def wait_seconds(headers: Mapping[str, str]) -> float:
    """How long a server asks to be left alone: Retry-After, and limits that are used up."""
    waits = [_retry_after(headers.get("retry-after", ""))]
    if milliseconds := headers.get("retry-after-ms", ""):
        waits.append(_seconds(milliseconds) / 1000)
    for what in ("requests", "tokens"):
        left = headers.get(f"x-ratelimit-remaining-{what}", "")
        if left.strip() == "0":
            waits.append(_duration(headers.get(f"x-ratelimit-reset-{what}", "")))
    return max(waits)


def _retry_after(value: str) -> float:
    if seconds := _seconds(value):
        return seconds
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return 0.0
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _seconds(value: str) -> float:
    text = value.strip()
    return float(text) if re.fullmatch(r"\d{1,9}(\.\d{1,6})?", text) else 0.0


def _duration(value: str) -> float:
    """Seconds, also as 6m0s or 20ms."""
    text = value.strip()
    if plain := _seconds(text):
        return plain
    found = _DURATION.fullmatch(text)
    if not text or found is None:
        return 0.0
    hours, minutes, seconds, milliseconds = (float(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds + milliseconds / 1000
