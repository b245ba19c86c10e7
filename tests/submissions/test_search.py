"""Regular expressions in the board's search: what they find, and that none takes long."""

import time

import pytest
from django.db.models import Q

from submissions.limits import PATTERN_SECONDS, PATTERNS_A_SEARCH
from submissions.patterns import BadPattern, TooSlow, compile_pattern, matching
from submissions.search import search_condition

MODELS = [
    (1, "gpt-4", "openai", "closed"),
    (2, "gpt-35 turbo", "openai", "closed"),
    (3, "kimi-chat", "moonshot ai", ""),
    (4, "yarn-mistral-7b", "nousresearch", "apache-2.0"),
]


def found(text: str) -> set[int]:
    """The models that a search of patterns alone leaves."""
    condition, problems = search_condition(text, lambda: MODELS)
    assert problems == ()
    return {model[0] for model in MODELS if _holds(condition, model[0])}


def _holds(condition: Q, model: int) -> bool:
    results = []
    for one in condition.children:
        if isinstance(one, Q):
            results.append(_holds(one, model))
        else:
            assert isinstance(one, tuple)
            lookup, models = one
            results.append(lookup == "model__in" and model in models)
    held = all(results) if condition.connector == "AND" else any(results)
    return held != condition.negated


@pytest.mark.parametrize(
    ("text", "models"),
    [
        ("/^gpt-?[45]/", {1}),
        ("/GPT/", {1, 2}),
        ("/^kimi|mistral/", {3, 4}),
        ("/gpt/ /turbo/", {2}),
        ("/turbo/ ; /yarn/", {2, 4}),
        ("/turbo;|kimi/", {3}),
        ("/35 turbo/", {2}),
        ("@org:/^open/", {1, 2}),
        ("@model:/open/", set()),
        ("@licence:/./", {1, 2, 4}),
        (r"/gpt\/4|7b$/", {4}),
    ],
)
def test_a_pattern_is_found_in_names(text: str, models: set[int]) -> None:
    assert found(text) == models


def test_a_slash_alone_is_a_word() -> None:
    condition, problems = search_condition("org/model /x", lambda: pytest.fail("no pattern here"))

    assert problems == ()
    assert "/x" in str(condition)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("/[/", "missing ]"),
        ("/(?=a)/", "invalid perl operator"),
        (r"/(a)\1/", "invalid escape sequence"),
        ("/(?:a{100}b{900}){1}c{1000}d{1000}/", "repeats too much"),
        ("@params:/7/", "in names only"),
        ("/a/ " * (PATTERNS_A_SEARCH + 1), "patterns at most"),
    ],
)
def test_a_pattern_that_cannot_be_used_is_said(text: str, words: str) -> None:
    assert words in search_condition(text, lambda: MODELS)[1][0]


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)*b", "(.*)*(.*)*x", "(a|b)*a(a|b){90}$"])
def test_no_pattern_backtracks(pattern: str) -> None:
    names = [(number, ("ab" * 60 + "a" * 119 + "!",)) for number in range(100)]
    begun = time.perf_counter()

    matching(compile_pattern(pattern), names)

    # A backtracking engine would take longer than the age of the universe for one of them.
    assert time.perf_counter() - begun < 2 * PATTERN_SECONDS + 1


def test_a_search_of_endless_names_ends() -> None:
    def _endless() -> object:
        number = 0
        while True:
            yield number, ("x" * 240,)
            number += 1

    with pytest.raises(TooSlow):
        matching(compile_pattern("y"), _endless())  # type: ignore[arg-type]


def test_a_program_has_a_limit() -> None:
    with pytest.raises(BadPattern):
        compile_pattern("a{999}b{999}c{999}")
