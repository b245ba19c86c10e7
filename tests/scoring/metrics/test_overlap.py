"""Token overlap is the same however long the answers are."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.metrics import overlap
from scoring.metrics.overlap import f1

TOKENS = st.lists(st.sampled_from("abcd"), max_size=12)


def plain_f1(given: list[str], expected: list[str]) -> float:
    same = sum((Counter(given) & Counter(expected)).values())
    if not same:
        return 0.0
    precision, recall = same / len(given), same / len(expected)
    return 2 * precision * recall / (precision + recall)


@pytest.mark.parametrize("few", [0, 100], ids=["counted", "looked up"])
@given(one=TOKENS, other=TOKENS)
def test_both_ways_of_counting_are_the_plain_rule(
    few: int, one: list[str], other: list[str]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(overlap, "_FEW", few)

        assert f1(one, other) == plain_f1(one, other)
