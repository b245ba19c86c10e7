"""Normal forms do the same in every environment."""

import re
import string
import sys
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.normalize import (
    chinese_tokens,
    english_tokens,
    fold_width,
    is_denied,
    read_int,
    single_spaced,
)


@pytest.fixture
def no_digit_limit() -> Iterator[None]:
    usual = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    yield
    sys.set_int_max_str_digits(usual)


@pytest.mark.usefixtures("no_digit_limit")
@pytest.mark.parametrize("text", ["9" * 4301, "٤" * 4301, "-" + "0" * 4301])
def test_long_numbers_are_refused_in_every_environment(text: str) -> None:
    with pytest.raises(ValueError, match="4300"):
        read_int(text)


@pytest.mark.parametrize("text", ["9" * 4300, "-" + "9" * 4300])
def test_the_longest_numbers_are_read(text: str) -> None:
    assert str(read_int(text)) == text


@pytest.mark.parametrize(
    ("text", "folded"),
    [("７１４３２", "71432"), ("（Ｂ）", "(B)"), ("a\u3000b", "a b"), ("2²½", "2²½"), ("，", ",")],
)
def test_full_width_forms_are_folded_and_nothing_else(text: str, folded: str) -> None:
    assert fold_width(text) == folded


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("not X", True),
        ("It isn't the X", True),
        ("not option (X", True),
        ("不是X", True),
        ("I think not. X", False),
        ("knot X", False),
        ("note X", False),
        ("not only Y but X", False),
        ("X", False),
    ],
)
def test_a_denial_stands_right_before(text: str, denied: bool) -> None:
    assert is_denied(text, text.index("X")) is denied


def test_tokens_are_the_authors() -> None:
    assert english_tokens("The a-b, an Apple’s “X”") == ["ab", "apple’s", "“x”"]
    assert chinese_tokens("《山 海》，AB。") == ["《", "山", "海", "a", "b"]


WORDS = st.sampled_from(
    ["a", "an", "the", "The", "cat", "a-b", "the—cat", "ſ", "'", "_", "\x01a", "É"]
)
TEXTS = st.text(max_size=20) | st.lists(WORDS, max_size=8).map(" ".join)


@given(TEXTS)
def test_words_are_those_of_the_plain_rule(text: str) -> None:
    bare = "".join(char for char in text.lower() if char not in set(string.punctuation))

    assert english_tokens(text) == re.sub(r"\b(a|an|the)\b", " ", bare).split()


@given(st.text(" a\t", max_size=12))
def test_only_runs_of_spaces_become_one(text: str) -> None:
    assert single_spaced(text) == re.sub(r" {2,}", " ", text)
