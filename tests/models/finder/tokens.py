"""The finder's tokenizer: the words of the retrieval tasks, pairs of hexadecimal digits, bytes.

Any text can be written in it, most of it byte by byte; what the tasks repeat is one token a word.
A UUID is 16 tokens, a dash belonging to the pair after it, and a number is pairs from the left.
"""

import re
from collections.abc import Iterator
from typing import Final

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers

from scoring.drafts import Order
from scoring.prompts import Prompt
from scoring.stream import Stream
from scoring.suites.infinitebench.generate import retrieve
from scoring.suites.infinitebench.prompts import PORTAL_BASE_1, read_fields

END: Final = "<end>"
HEX_DIGITS: Final = "0123456789abcdef"
GENERATORS: Final = {
    "passkey": retrieve.passkey,
    "number_string": retrieve.number_string,
    "kv_retrieval": retrieve.kv_retrieval,
}
_BETWEEN_VALUES: Final = ('{"', '": "', '", "', '"}')
_PIECE: Final = r'\{"|": "|", "|"\}| ?[A-Za-z0-9-]+|\s|[^A-Za-z0-9\s]'
_WORD: Final = re.compile(" ?[A-Za-z]+")


def example_of(task: str, *, tokens: int, seed: int) -> tuple[Prompt, str]:
    """A prompt of the offline releases as a run asks it, and the right answer."""
    draft = GENERATORS[task](Stream("finder", seed), Order(tokens, seed % 10, 10))
    pieces = []
    while True:
        try:
            pieces.append(next(draft))
        except StopIteration as end:
            facts = end.value
            break
    row = {"context": "".join(pieces), "input": facts.input}
    return PORTAL_BASE_1.render(task, row, read_fields), facts.answer[0]


def make_tokenizer() -> Tokenizer:
    """Greedy, from the left: the longest entry of the vocabulary that the text begins with."""
    as_bytes = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    entries = [END, *sorted(pre_tokenizers.ByteLevel.alphabet())]
    # Longer entries are written as the byte level writes them: a space becomes a letter.
    longer = (*_pairs(), *_BETWEEN_VALUES, *sorted(_words()))
    entries += [as_bytes.pre_tokenize_str(entry)[0][0] for entry in longer]
    vocabulary = {entry: at for at, entry in enumerate(dict.fromkeys(entries))}
    tokenizer = Tokenizer(
        models.WordPiece(
            vocabulary, unk_token=END, continuing_subword_prefix="", max_input_chars_per_word=10_000
        )
    )
    split = pre_tokenizers.Split(Regex(_PIECE), "isolated")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([split, as_bytes])
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def _pairs() -> Iterator[str]:
    for dash in ("", "-"):
        for high in HEX_DIGITS:
            for low in HEX_DIGITS:
                yield f"{dash}{high}{low}"


def _words() -> set[str]:
    """What the three tasks' prompts are made of, each word with the space before it."""
    texts = [example_of(task, tokens=200, seed=1)[0].text for task in GENERATORS]
    return {word for text in texts for word in _WORD.findall(re.sub('"[^"]*"', '""', text))}
