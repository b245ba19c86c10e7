"""How many tokens a short answer shares with a reference."""

from collections import Counter
from collections.abc import Sequence

_FEW = 100


def f1(given: Sequence[str], expected: Sequence[str]) -> float:
    """Harmonic mean of precision and recall over tokens as multisets; nothing shared is 0.

    Source: OpenBMB/InfiniteBench src/compute_scores.py:f1_score at 88b3daa, after SQuAD.
    """
    common = set(given).intersection(expected)
    if not common:
        return 0.0
    # A short answer's tokens are counted where they stand; the counters are for long ones.
    if len(given) + len(expected) <= _FEW:
        shared = sum(min(given.count(token), expected.count(token)) for token in common)
    else:
        shared = sum((Counter(given) & Counter(expected)).values())
    precision, recall = shared / len(given), shared / len(expected)
    return (2 * precision * recall) / (precision + recall)
