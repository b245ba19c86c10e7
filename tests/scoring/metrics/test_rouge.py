"""Our two measures of ROUGE-Lsum are the reference implementation's, bit for bit."""

import builtins
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer

from scoring.metrics import rouge
from scoring.metrics.lcs import common_positions
from scoring.metrics.rouge import rouge_lsum, rouge_lsum_of_one

STRANGE = ["É", "K", "ſ", "İ", "ß", "ﬁ", "中", "_", "\r", "\x0b", "\x85", "\u2028", "２", "Σ"]
WORDS = st.sampled_from(["a", "b", "c", "the", "cat", "1", *STRANGE])
BREAKS = st.sampled_from([" ", "", "\n", "\n\n", " "])
TEXTS = st.lists(st.tuples(WORDS, BREAKS), max_size=40).map(
    lambda pairs: "".join(word + gap for word, gap in pairs)
)


@pytest.fixture(scope="module")
def reference_measure() -> Callable[[str, str], float]:
    scorer: Any = RougeScorer(["rougeLsum"])
    return lambda target, text: float(scorer.score(target, text)["rougeLsum"].fmeasure)


@settings(max_examples=1500, deadline=None)
@given(target=TEXTS, text=TEXTS)
def test_both_measures_equal_the_reference(
    reference_measure: Callable[[str, str], float], target: str, text: str
) -> None:
    expected = reference_measure(target, text)

    assert rouge_lsum_of_one(target, text) == expected
    assert rouge_lsum(text, [target]) == expected


def lines_of(letters: str) -> st.SearchStrategy[str]:
    line = st.lists(st.sampled_from(letters), min_size=4, max_size=20).map(" ".join)
    return st.lists(line, min_size=1, max_size=3).map("\n".join)


@settings(max_examples=1500, deadline=None)
@given(target=lines_of("abcd"), text=lines_of("abcdxyz"))
def test_words_that_only_the_prediction_has_part_the_others(
    reference_measure: Callable[[str, str], float], target: str, text: str
) -> None:
    assert rouge_lsum(text, [target]) == reference_measure(target, text)


@settings(max_examples=300, deadline=None)
@given(target=st.text(max_size=60), text=st.text(max_size=60))
def test_any_text_is_measured_alike(
    reference_measure: Callable[[str, str], float], target: str, text: str
) -> None:
    assert rouge_lsum_of_one(target, text) == reference_measure(target, text)


@given(
    reference=st.lists(st.sampled_from("abcd"), max_size=12),
    candidate=st.lists(st.sampled_from("abcde"), max_size=12),
)
def test_positions_follow_the_reference_walk(reference: list[str], candidate: list[str]) -> None:
    from rouge_score.rouge_scorer import lcs_ind  # noqa: PLC0415  its own name is too short

    assert common_positions(reference, candidate)[::-1] == lcs_ind(reference, candidate)


def test_a_tie_is_broken_as_upstream_breaks_it() -> None:
    assert common_positions(["a", "b"], ["b", "a"]) == [0]


def test_the_best_reference_counts() -> None:
    assert rouge_lsum("a b", ["c", "a b", "a"]) == 1.0


@pytest.mark.parametrize("references", [[], ["\ud800"], [None], [5]])
def test_what_upstream_refuses_is_refused(references: list[Any]) -> None:
    with pytest.raises((TypeError, ValueError)):
        rouge_lsum("a", references)


def test_long_texts_take_the_plain_measure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rouge, "_COMPILED_LIMIT", 0)
    # Not None, which would mean that it is not installed; to call it would be a mistake.
    monkeypatch.setattr(rouge, "_compiled_hits", lambda: NotImplemented)

    assert rouge_lsum("a b", ["a b"]) == 1.0


def test_without_the_compiled_hits_there_is_one_warning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ordinary = builtins.__import__

    def import_without_rust(name: str, *rest: Any) -> Any:
        if name.startswith("rouge_score_rs"):
            raise ImportError(name)
        return ordinary(name, *rest)

    monkeypatch.setattr(builtins, "__import__", import_without_rust)
    rouge._compiled_hits.cache_clear()
    try:
        with pytest.warns(UserWarning, match="not installed") as caught:
            scores = [rouge_lsum("a b", ["a b"]) for _ in range(3)]
    finally:
        rouge._compiled_hits.cache_clear()

    assert (scores, len(caught)) == ([1.0, 1.0, 1.0], 1)
