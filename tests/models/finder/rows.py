"""Training rows, made on the device: templates from the real generators, ids drawn at random.

A row is what a run would ask and the answer, and then, to learn more from one context, further
questions on it.  `asked` marks the tokens that a model can know: only they are learnt.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer

from tests.models.finder.tokens import END, HEX_DIGITS, example_of

UUID_TOKENS = 16
ENTRY_TOKENS = 2 * UUID_TOKENS + 2
_DASHED = [4, 6, 8, 10]


@dataclass(frozen=True, slots=True)
class Rows:
    """Token ids [rows, length], and which of them a model is asked to say (bool, same shape)."""

    ids: torch.Tensor
    asked: torch.Tensor


@dataclass(frozen=True, slots=True)
class Needle:
    """The words around a task's number: what comes before the text, in it and after it."""

    head: list[int]
    before: list[int]
    between: list[int]
    after: list[int]
    question: list[int]
    digits: int


class RowMaker:
    """Makes rows of the three tasks on a device, all of one length within a batch."""

    def __init__(self, tokenizer: Tokenizer, *, device: str, seed: int) -> None:
        self._tokenizer = tokenizer
        self._device = device
        self._random = torch.Generator(device=device).manual_seed(seed)
        known = tokenizer.get_vocab()
        self.end = known[END]
        octets = [high + low for high in HEX_DIGITS for low in HEX_DIGITS]
        self._plain = self._tensor([known[octet] for octet in octets])
        self._dashed = self._tensor([known[f"-{octet}"] for octet in octets])
        self._pairs = self._tensor([known[f"{number:02}"] for number in range(100)])
        self._digits = self._tensor([known[digit] for digit in HEX_DIGITS[:10]])
        words = [at for text, at in known.items() if len(text) > 2 and text.strip("Ġ").isalpha()]
        self._words = self._tensor(sorted(words))
        self._object = self._read_object()
        self.needles = {task: self._read_needle(task) for task in ("passkey", "number_string")}
        self.noise = self._read_noise()

    def ids(self, text: str) -> list[int]:
        """The tokens of a text."""
        return list(self._tokenizer.encode(text).ids)

    def json_rows(self, rows: int, *, tokens: int, questions: int) -> Rows:
        """An object of at most `tokens` tokens with its questions, each on another key."""
        text = self._object
        question = len(text["lead"]) + len(text["ask"]) + ENTRY_TOKENS - 1
        room = tokens - len(text["head"]) - 1
        questions = max(1, min(questions, room // (2 * question)))
        entries = max(2, questions, (room - questions * question) // ENTRY_TOKENS)
        uuids = self._uuids(rows, entries, 2)
        lead = self._spread(text["next"], rows, entries)
        lead[:, 0] = text["first"][0]
        colon = self._spread(text["colon"], rows, entries)
        context = torch.cat([lead, uuids[:, :, 0], colon, uuids[:, :, 1]], 2).flatten(1)
        places = torch.rand(rows, entries, generator=self._random, device=self._device)
        chosen = places.argsort(1)[:, :questions, None, None].expand(-1, -1, 2, UUID_TOKENS)
        wanted = uuids.gather(1, chosen)
        said = [
            _join(
                self._fixed(text["lead"], rows), _given(wanted[:, at, 0]),
                self._fixed(text["ask"], rows), self._said(wanted[:, at, 1]),
            )
            for at in range(questions)
        ]  # fmt: skip
        head, close = self._fixed(text["head"], rows), self._fixed(text["close"], rows)
        return _join(head, _given(context), close, *said)

    def noise_rows(
        self, rows: int, *, tokens: int, tasks: Sequence[str], strange: float = 0.0
    ) -> Rows:
        """A text of about `tokens` tokens with the tasks' needles at random lines, then questions.

        `strange` is the share of rows whose noise is words at random, so that no row is read by
        the rhythm of the noise.
        """
        size = len(self.noise)
        lines = max(1, tokens // size - 3 * len(tasks))
        words = self._words[self._draw(0, len(self._words), rows, lines * size)]
        is_strange = self._draw(0, 1000, rows, 1) < 1000 * strange
        text = _given(torch.where(is_strange, words, self._spread(self.noise * lines, rows)))
        questions, hidden = [], list[tuple[torch.Tensor, int]]()
        for task in tasks:
            needle = self.needles[task]
            number = self._numbers(rows, needle.digits)
            sentence = _join(
                self._fixed(needle.before, rows), _given(number),
                self._fixed(needle.between, rows), _asked(number), self._fixed(needle.after, rows),
            )  # fmt: skip
            line = self._draw(0, lines + 1, rows, 1)
            place = line * size
            for other, length in hidden:
                place = place + length * (line >= other)
            hidden.append((line, sentence.ids.shape[1]))
            text = _insert(text, place, sentence)
            # The prompt ends before the space, which a model must say first.
            space = _asked(self._spread(self.ids(" "), rows))
            question = self._fixed(needle.question, rows)
            questions.append(_join(question, space, self._said(number)))
        return _join(self._fixed(self.needles[tasks[0]].head, rows), text, *questions)

    def _uuids(self, *shape: int) -> torch.Tensor:
        """Random version-4 UUIDs as tokens [*shape, 16]."""
        octets = self._draw(0, 256, *shape, UUID_TOKENS)
        octets[..., 6] = octets[..., 6] % 16 + 0x40
        octets[..., 8] = octets[..., 8] % 64 + 0x80
        tokens = self._plain[octets]
        tokens[..., _DASHED] = self._dashed[octets[..., _DASHED]]
        return tokens

    def _numbers(self, rows: int, digits: int) -> torch.Tensor:
        """Random numbers as tokens; an odd count is drawn freely, half of an even one repeats."""
        drawn = self._draw(0, 10, rows, digits if digits % 2 else digits // 2)
        while drawn.shape[1] < digits:
            place = self._draw(0, drawn.shape[1], rows, 1)
            at = torch.arange(drawn.shape[1] + 1, device=self._device).expand(rows, -1)
            drawn = drawn.gather(1, torch.where(at <= place, at, at - 1))
        even = digits // 2 * 2
        pairs = self._pairs[drawn[:, :even:2] * 10 + drawn[:, 1:even:2]]
        return torch.cat([pairs, self._digits[drawn[:, even:]]], 1)

    def _read_object(self) -> dict[str, list[int]]:
        prompt, value = example_of("kv_retrieval", tokens=100, seed=1)
        key = prompt.after.split('"')[1]
        lead, ask = prompt.after.split(key)
        head = prompt.before + prompt.context.split("{")[0]
        texts = {"head": head, "first": '{"', "next": '", "', "colon": '": "', "close": '"}',
                 "lead": lead, "ask": ask}  # fmt: skip
        parts = {name: self.ids(text) for name, text in texts.items()}
        shown = [*parts["lead"], *self.ids(key), *parts["ask"], *self.ids(value)]
        _check(self.ids(prompt.text + value)[-len(shown) :] == shown)
        return parts

    def _read_needle(self, task: str) -> Needle:
        prompt, number = example_of(task, tokens=24, seed=1)
        line = next(line for line in prompt.context.split("\n") if number in line)
        before, between, after = (self.ids(part) for part in f"{line}\n".split(number))
        question, said = self.ids(prompt.after), self.ids(number)
        _check(self.ids(f"{line}\n") == [*before, *said, *between, *said, *after])
        _check(self.ids(f"{prompt.after} {number}") == [*question, *self.ids(" "), *said])
        return Needle(self.ids(prompt.before), before, between, after, question, len(number))

    def _read_noise(self) -> list[int]:
        prompt, number = example_of("passkey", tokens=48, seed=1)
        noise = next(line for line in prompt.context.split("\n") if number not in line)
        return self.ids(f"{noise}\n")

    def _said(self, answer: torch.Tensor) -> Rows:
        return _asked(torch.cat([answer, self._spread([self.end], len(answer))], 1))

    def _fixed(self, ids: list[int], rows: int) -> Rows:
        return _given(self._spread(ids, rows))

    def _spread(self, ids: list[int], *shape: int) -> torch.Tensor:
        return self._tensor(ids).expand(*shape, -1).clone()

    def _tensor(self, ids: list[int]) -> torch.Tensor:
        return torch.tensor(ids, device=self._device)

    def _draw(self, low: int, high: int, *shape: int) -> torch.Tensor:
        return torch.randint(low, high, shape, generator=self._random, device=self._device)


def _given(ids: torch.Tensor) -> Rows:
    return Rows(ids, torch.zeros_like(ids, dtype=torch.bool))


def _asked(ids: torch.Tensor) -> Rows:
    return Rows(ids, torch.ones_like(ids, dtype=torch.bool))


def _join(*parts: Rows) -> Rows:
    return Rows(
        torch.cat([part.ids for part in parts], 1), torch.cat([part.asked for part in parts], 1)
    )


def _insert(text: Rows, places: torch.Tensor, piece: Rows) -> Rows:
    """`piece` [rows, p] inside `text` [rows, n], before the token at `places` [rows, 1]."""
    size = piece.ids.shape[1]
    at = torch.arange(text.ids.shape[1] + size, device=places.device).expand(len(places), -1)
    inside = (at >= places) & (at < places + size)
    from_text = torch.where(at < places, at, at - size).clamp(0, text.ids.shape[1] - 1)
    from_piece = (at - places).clamp(0, size - 1)

    def mix(whole: torch.Tensor, part: torch.Tensor) -> torch.Tensor:
        return torch.where(inside, part.gather(1, from_piece), whole.gather(1, from_text))

    return Rows(mix(text.ids, piece.ids), mix(text.asked, piece.asked))


def _check(is_as_tokenized: bool) -> None:
    if not is_as_tokenized:
        raise ValueError("the pieces of a row are not the tokens of the text that a run asks")
