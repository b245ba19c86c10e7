"""How numbers and texts look."""

import math
from datetime import UTC, datetime

import pytest

from submissions.rows import Cell
from submissions.templatetags.charts import unbroken
from submissions.templatetags.portal import answer_text, count, heat, percent, printed, score, when


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0.0"),
        (1.0, "100.0"),
        (0.7249, "72.5"),
        (0.00014, "0.014"),
        (0.000004, "0.00040"),
        (0.0004, "0.040"),
        (0.0006, "0.1"),
        (-0.023, "−2.3"),
        (None, "–"),
        (math.nan, "–"),
        (math.inf, "–"),
    ],
)
def test_percent(value: float | None, shown: str) -> None:
    assert percent(value) == shown


@pytest.mark.parametrize(
    ("value", "step"),
    [(None, 0), (math.nan, 0), (0.0, 0), (0.0999, 0), (0.1, 1), (0.3, 3), (0.7, 7), (1.0, 10)],
)
def test_heat(value: float | None, step: int) -> None:
    assert heat(value) == f"h{step}"


@pytest.mark.parametrize(
    ("cell", "part"),
    [
        (Cell(below=0.05), "&lt; 5<"),
        (Cell(), "not submitted"),
        (None, "not submitted"),
        (Cell(math.nan), "not submitted"),
        (Cell(0.5), ">50.0<"),
    ],
)
def test_score(cell: Cell | None, part: str) -> None:
    assert part in score(cell)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(7_000_000_000, "7B"), (128_000, "128K"), (1_048_576, "1.05M"), (12, "12"), (None, "")],
)
def test_count(value: int | None, shown: str) -> None:
    assert count(value) == shown


def test_printed_figures_keep_their_decimals() -> None:
    assert [printed(Cell(value)) for value in (0.085, 0.9271, 1.0)] == ["8.5", "92.71", "100"]
    assert printed(Cell(below=0.05)) == "< 5"


@pytest.mark.parametrize(
    ("answer", "text"),
    [("x", "x"), (["a", "b"], "a\nb"), ([1, 2], "[1, 2]"), (3, "3"), ([], "[]")],
)
def test_answers_as_text(answer: object, text: str) -> None:
    assert answer_text(answer) == text


def test_times_are_utc() -> None:
    assert ">2026-01-02 03:04 UTC<" in when(datetime(2026, 1, 2, 3, 4, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("is GPT-4, 45.7 %.", "is GPT-\u20604, 45.7\u00a0%."),
        ("make up ∞-Bench.", "make up ∞-\u2060Bench."),
        ("from -10.1 to - 7", "from -10.1 to - 7"),
    ],
)
def test_names_and_figures_are_not_broken_over_lines(text: str, shown: str) -> None:
    assert unbroken(text) == shown
