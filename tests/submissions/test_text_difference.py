"""Where two texts part."""

import pytest

from submissions.text_difference import AFTER_CHARS, BEFORE_CHARS, first_difference


@pytest.mark.parametrize(
    ("text", "other", "before", "at", "after"),
    [
        ("the red fox", "the brown fox", "the ", "red", " fox"),
        ("brownish", "brown", "brown", "ish", ""),
        ("br", "brown", "br", "", ""),
        ("x", "", "", "x", ""),
        ("他在北京", "他在上海", "他在", "北", "京"),
        ("a b", "ab", "a", " ", "b"),
    ],
)
def test_the_first_word_that_differs(
    text: str, other: str, before: str, at: str, after: str
) -> None:
    found = first_difference(text, [other])

    assert found is not None
    assert (found.before, found.at, found.after) == (before, at, after)
    assert found.before + found.at + found.after == text


def test_equal_texts_do_not_part() -> None:
    assert first_difference("same", ["other", "same"]) is None
    assert first_difference("alone", []) is None


def test_of_several_the_nearest_counts() -> None:
    found = first_difference("the red fox", ["a dog", "the red dog"])

    assert found is not None
    assert (found.before, found.at) == ("the red ", "fox")


def test_a_late_difference_is_shown_with_what_is_around_it() -> None:
    found = first_difference("a" * 5000 + " x" + " b" * 5000, ["a" * 5000 + " y"])

    assert found is not None
    assert (len(found.before), found.at, len(found.after)) == (BEFORE_CHARS, "x", AFTER_CHARS)
    assert found.is_cut
    assert found.is_cut_behind
