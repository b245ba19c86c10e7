"""Cuts prompts that are too long for a model, in the middle, by tokens.

`middle` is the benchmark's own way: the first and the last half of all tokens of the prompt, after
the template.  `middle-context-fixed` cuts the context alone, to a window that is the same for all
questions on it, so that a server can keep what it has read from one question to the next.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from scoring.prompts import Prompt

MIDDLE: Final = "middle"
MIDDLE_CONTEXT_FIXED: Final = "middle-context-fixed"
POLICIES: Final = (MIDDLE, MIDDLE_CONTEXT_FIXED)

# Tokens that a server's own chat template may add around one system and one user message.
CHAT_TOKENS: Final = 64
# Two texts joined may make a few more tokens than they had apart.
SEAM_TOKENS: Final = 8
# What `middle-context-fixed` keeps free for the template's own words and any question.
QUESTION_TOKENS: Final = 512
# The least that is left of a prompt; a model with less room cannot be asked at all.
SMALLEST_PROMPT_TOKENS: Final = 16


class NoRoom(ValueError):
    """A model's context cannot hold an answer and the least of a prompt."""


class Tokenizer(Protocol):
    """Splits text into tokens and joins them again; what a token is, is its own business."""

    @property
    def name(self) -> str:
        """What it is, with its version: part of a run's hash."""

    def encode(self, text: str) -> Sequence[Any]:
        """The tokens of a text, without any that mark its start or end."""

    def decode(self, tokens: Sequence[Any]) -> str:
        """The text of tokens."""


class EstimateTokenizer:
    """Counts without knowing the model's tokens: pieces of words, digits by three, signs alone.

    It is an estimate and named as one.  It counts more tokens than most models do, so that a
    prompt that is cut by it fits; joined again, the pieces are the text.
    """

    name = "estimate-1"
    _PIECE = re.compile(r" ?[A-Za-z]{1,5}|[0-9]{1,3}|\s{1,8}|.", re.DOTALL | re.ASCII)

    def encode(self, text: str) -> Sequence[str]:
        """The pieces of a text."""
        return self._PIECE.findall(text)

    def decode(self, tokens: Sequence[str]) -> str:
        """The pieces joined."""
        return "".join(tokens)


@dataclass(frozen=True, slots=True)
class Fitted:
    """A prompt that fits, and what was cut from it."""

    task: str
    system: str
    user: str
    max_new_tokens: int
    stop: tuple[str, ...]
    # Tokens of the user's text before and after the cut, by the tokenizer that was used.
    prompt_tokens: int
    kept_tokens: int
    prompt_sha256: str

    @property
    def removed_tokens(self) -> int:
        """How many tokens were cut."""
        return self.prompt_tokens - self.kept_tokens


def cut_middle(tokens: Sequence[Any], limit: int) -> list[Any]:
    """The first and the last `limit // 2` tokens; all of them if they are no more than `limit`.

    Raises:
        ValueError: for a limit below 2, at which half of it is nothing.

    Source: OpenBMB/InfiniteBench src/eval_utils.py:truncate_input, manner "middle".
    Deviation: upstream's half of nothing is everything; here it is refused.
    """
    if len(tokens) <= limit:
        return list(tokens)
    half = limit // 2
    if half < 1:
        raise ValueError(f"nothing can be cut to {limit} tokens")
    return [*tokens[:half], *tokens[-half:]]


def answer_room(max_new_tokens: int, context_tokens: int) -> int:
    """Tokens kept free for an answer: what the prompt set gives, at most half of the context."""
    return min(max_new_tokens, context_tokens // 2)


def fit(
    prompt: Prompt,
    tokenizer: Tokenizer,
    *,
    context_tokens: int,
    policy: str,
    is_chat: bool,
) -> Fitted:
    """Cut a prompt so that it, the answer and what a server adds fit into a model's context.

    Args:
        prompt: as rendered, whole.
        tokenizer: whose tokens are counted.
        context_tokens: how many tokens the model can hold.
        policy: one of POLICIES.
        is_chat: whether a server adds a chat template of its own.

    Raises:
        NoRoom: if too little is left for the prompt.
    """
    room = answer_room(prompt.max_new_tokens, context_tokens)
    around = SEAM_TOKENS + (CHAT_TOKENS if is_chat else 0) + len(tokenizer.encode(prompt.system))
    limit = context_tokens - room - around
    if limit < SMALLEST_PROMPT_TOKENS:
        raise NoRoom(f"{context_tokens} tokens of context leave {max(limit, 0)} for the prompt")
    whole = tokenizer.encode(prompt.text)
    user, kept = prompt.text, len(whole)
    if len(whole) > limit:
        shorter = _fixed_window(prompt, tokenizer, limit) if policy != MIDDLE else None
        user, kept = shorter or _middle(whole, tokenizer, limit)
    return Fitted(
        task=prompt.task,
        system=prompt.system,
        user=user,
        max_new_tokens=room,
        stop=prompt.stop,
        prompt_tokens=len(whole),
        kept_tokens=kept,
        prompt_sha256=prompt.sha256,
    )


def _middle(whole: Sequence[Any], tokenizer: Tokenizer, limit: int) -> tuple[str, int]:
    kept = cut_middle(whole, limit)
    return tokenizer.decode(kept), len(kept)


def _fixed_window(prompt: Prompt, tokenizer: Tokenizer, limit: int) -> tuple[str, int] | None:
    """The context in a window that does not depend on the question; None where none is left."""
    around = len(tokenizer.encode(prompt.before)) + len(tokenizer.encode(prompt.after))
    window = limit - QUESTION_TOKENS
    if around > QUESTION_TOKENS or window < SMALLEST_PROMPT_TOKENS:
        return None
    kept = cut_middle(tokenizer.encode(prompt.context), window)
    return prompt.before + tokenizer.decode(kept) + prompt.after, len(kept) + around
