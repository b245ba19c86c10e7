"""How many tokens a short answer shares with a reference."""

from collections import Counter
from collections.abc import Sequence


def f1(given: Sequence[str], expected: Sequence[str]) -> float:
    """Harmonic mean of precision and recall over tokens as multisets; nothing shared is 0.

    Source: OpenBMB/InfiniteBench src/compute_scores.py:f1_score at 88b3daa, after SQuAD.
    """
    shared = sum((Counter(given) & Counter(expected)).values())
    if not shared:
        return 0.0
    precision, recall = shared / len(given), shared / len(expected)
    return (2 * precision * recall) / (precision + recall)
