"""ROUGE-Lsum: how much of a reference summary a predicted summary tells, in its order."""

import re
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from itertools import chain
from typing import Any

from scoring.metrics.lcs import common_positions

_TOKEN = re.compile(r"[a-z0-9]+")
_WORD_BYTES = bytes(
    byte if byte in b"abcdefghijklmnopqrstuvwxyz0123456789\n" else ord(" ") for byte in range(256)
)
_COMPILED_LIMIT = 1 << 24
"""Characters times characters; beyond it the plain measure is the faster one, and the smaller."""


def rouge_lsum(prediction: str, references: Sequence[str]) -> float:
    """The best summary-level ROUGE-L F-measure over the references, without a stemmer.

    Args:
        prediction: Raw model output; only newlines separate its sentences.
        references: At least one reference summary.

    Returns:
        Fraction in [0, 1].

    Raises:
        TypeError: The prediction or a reference is no text.
        ValueError: There is no reference, or a text holds a lone surrogate.

    Time grows with the product of both token counts; a megabyte against a summary takes
    seconds and about a hundred megabytes at the worst.

    Source: OpenBMB/InfiniteBench src/compute_scores.py at 88b3daa, which calls evaluate's
    "rouge" and so rouge_score 0.1.2, rougeLsum.
    """
    for text in (prediction, *references):
        if not isinstance(text, str):
            raise TypeError(f"a summary is text, not {type(text).__name__}")
        # The authors' Arrow tables refuse lone surrogates here too.
        text.encode()
    return max(_measure(reference, prediction) for reference in references)


def rouge_lsum_of_one(reference: str, prediction: str) -> float:
    """ROUGE-Lsum against one reference in plain Python, equal to rouge_score to the last bit.

    Source: google-research rouge/rouge_scorer.py:_summary_level_lcs (rouge_score 0.1.2).
    """
    expected, given = _sentences(reference), _sentences(prediction)
    total_expected, total_given = sum(map(len, expected)), sum(map(len, given))
    return _f_measure(_clipped_hits(expected, given), total_expected, total_given)


def _sentences(text: str) -> list[list[str]]:
    # Lower-casing comes first: the Kelvin sign lowers to "k", which is then a token.
    return [_TOKEN.findall(line.lower()) for line in text.split("\n")]


def _clipped_hits(expected: list[list[str]], given: list[list[str]]) -> int:
    """Tokens told in order, each no more often than either side has it."""
    left_expected = Counter(chain.from_iterable(expected))
    left_given = Counter(chain.from_iterable(given))
    # A sentence said twice adds no position, and a megabyte may hold half a million of them.
    distinct = [other for other in dict.fromkeys(map(tuple, given)) if other]
    hits = 0
    for sentence in expected:
        told = {position for other in distinct for position in common_positions(sentence, other)}
        for token in (sentence[position] for position in sorted(told)):
            if left_given[token] > 0 and left_expected[token] > 0:
                hits += 1
                left_given[token] -= 1
                left_expected[token] -= 1
    return hits


def _measure(reference: str, prediction: str) -> float:
    measure = _compiled_hits()
    if measure is None:
        return rouge_lsum_of_one(reference, prediction)
    expected, given = _words(reference), _words(prediction)
    total_expected, total_given = sum(map(len, expected)), sum(map(len, given))
    told = _told_of(expected, given)
    # The compiled measure keeps its whole table: 2.2 GB for one line of a megabyte.
    if len(told[0]) * len(told[1]) > _COMPILED_LIMIT:
        return rouge_lsum_of_one(reference, prediction)
    return _f_measure(measure(*told), total_expected, total_given)


def _f_measure(hits: int, total_expected: int, total_given: int) -> float:
    if not hits:
        return 0.0
    recall, precision = hits / total_expected, hits / total_given
    return 2 * precision * recall / (precision + recall)


def _words(text: str) -> list[list[bytes]]:
    """As `_sentences`, in half the time: every other byte is a space."""
    kept = text.lower().encode("ascii", "replace").translate(_WORD_BYTES)
    return [line.split() for line in kept.split(b"\n")]


def _told_of(expected: list[list[bytes]], given: list[list[bytes]]) -> tuple[str, str]:
    """Both texts with the words that decide, a third of the table's size.

    A reference's word that the prediction lacks is a row without a match: the walk back goes
    up, with or without it.  A prediction's is a column without one: the walk goes up in it for
    as long as nothing grows, so of several side by side one is as good as all.
    """
    given_words = set(chain.from_iterable(given))
    told = [[word for word in line if word in given_words] for line in expected]
    common = set(chain.from_iterable(told))
    columns = []
    for line in given:
        kept, is_gap = [], False
        for word in line:
            if word in common:
                kept.append(word)
                is_gap = False
            elif not is_gap:
                kept.append(word)
                is_gap = True
        columns.append(b" ".join(kept))
    return b"\n".join(map(b" ".join, told)).decode(), b"\n".join(columns).decode()


@cache
def _compiled_hits() -> Callable[[str, str], int] | None:
    """Tokens told in order, by the compiled measure; without it None and one warning."""
    try:
        from rouge_score_rs.rouge_scorer import RougeScorer  # noqa: PLC0415  late: only summaries need it
    except ImportError:
        warnings.warn("rouge-score-rs is not installed: ROUGE is slower.", stacklevel=4)
        return None
    scorer: Any = RougeScorer(["rougeLsum"])  # type: ignore[no-untyped-call]

    def hits(reference: str, prediction: str) -> int:
        recall: float = scorer.score(reference, prediction)["rougeLsum"].recall
        return round(recall * len(reference.split()))

    return hits
