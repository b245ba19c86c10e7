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
_COMPILED_LIMIT = 1 << 27
"""Characters times characters; up to here the compiled measure stays under 200 MB."""


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
    if not total_expected or not total_given:
        return 0.0
    hits = _clipped_hits(expected, given)
    recall, precision = hits / total_expected, hits / total_given
    return 2 * precision * recall / (precision + recall) if hits else 0.0


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
    # The compiled measure keeps its whole table: 2.2 GB for one line of a megabyte.
    if len(reference) * len(prediction) > _COMPILED_LIMIT:
        return rouge_lsum_of_one(reference, prediction)
    return _compiled_measure()(reference, prediction)


@cache
def _compiled_measure() -> Callable[[str, str], float]:
    """The compiled measure where it is installed, else the plain one and one warning."""
    try:
        from rouge_score_rs.rouge_scorer import RougeScorer  # noqa: PLC0415  late: only summaries need it
    except ImportError:
        warnings.warn("rouge-score-rs is not installed: ROUGE is slower.", stacklevel=4)
        return rouge_lsum_of_one
    scorer: Any = RougeScorer(["rougeLsum"])  # type: ignore[no-untyped-call]

    def measure(reference: str, prediction: str) -> float:
        return float(scorer.score(reference, prediction)["rougeLsum"].fmeasure)

    return measure
