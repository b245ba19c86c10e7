"""From a prompt to token ids and back, by the model's own tokenizer and chat template."""

from collections.abc import Sequence
from typing import Any, Final

from jinja2 import TemplateError

# A template repeats nothing: what it adds around a prompt is a few hundred characters.
TEMPLATE_CHARS: Final = 20_000
# Enough tokens to hold any of a prompt set's stops, which are a line's end or a few words.
_STOP_TOKENS: Final = 24
# A template is a program: it may refuse, or stumble over what it did not expect.
_FAILURES: Final = (TemplateError, TypeError, ValueError, KeyError)


class BadTemplate(ValueError):
    """The model's chat template cannot be used for a prompt; the message says why."""


class Texts:
    """A tokenizer with or without its chat template."""

    def __init__(self, tokenizer: Any, *, is_chat: bool) -> None:
        """Take transformers' tokenizer.

        Raises:
            BadTemplate: for a chat model without one.
        """
        self._tokenizer, self._is_chat = tokenizer, is_chat
        if is_chat and not tokenizer.chat_template:
            raise BadTemplate("the model has no chat template: register it as one that continues")

    def encode(self, system: str, user: str) -> list[int]:
        """Token ids of a prompt, with what marks its start as the model has it.

        Raises:
            BadTemplate: if the template fails, or writes far more than the prompt.
        """
        if not self._is_chat:
            text = f"{system}\n\n{user}" if system else user
            return list(self._tokenizer(text, add_special_tokens=True).input_ids)
        text = self._render(system, user)
        if len(text) > len(system) + len(user) + TEMPLATE_CHARS:
            raise BadTemplate("the chat template writes far more than the prompt")
        return list(self._tokenizer(text, add_special_tokens=False).input_ids)

    def _render(self, system: str, user: str) -> str:
        asked = [{"role": "user", "content": user}]
        if system:
            try:
                return self._apply([{"role": "system", "content": system}, *asked])
            except _FAILURES:
                # Some templates have no place for a system's words; then the user says them.
                asked = [{"role": "user", "content": f"{system}\n\n{user}"}]
        try:
            return self._apply(asked)
        except _FAILURES as error:
            raise BadTemplate(f"the chat template fails: {error}") from error

    def _apply(self, messages: list[dict[str, str]]) -> str:
        return str(
            self._tokenizer.apply_chat_template(
                messages, tokenize=False, add_generation_prompt=True
            )
        )

    def decode(self, ids: Sequence[int]) -> str:
        """The text of an answer."""
        return str(self._tokenizer.decode(list(ids), skip_special_tokens=True))

    def has_stop(self, ids: Sequence[int], stop: Sequence[str]) -> bool:
        """Whether the end of what was said holds a text that ends an answer."""
        if not stop:
            return False
        tail = self.decode(ids[-_STOP_TOKENS:])
        return any(one in tail for one in stop)


def cut_at_stop(text: str, stop: Sequence[str]) -> tuple[str, bool]:
    """An answer up to the first of the texts that end it, and whether there is one."""
    found = [at for one in stop if (at := text.find(one)) >= 0]
    return (text[: min(found)], True) if found else (text, False)
