"""Numbers, values and names are read one at a time, and lists of guesses not at all."""

from decimal import Decimal

import pytest

from scoring.metrics.read_name import names_one_of
from scoring.metrics.read_number import (
    digit_strings,
    first_number_stated,
    last_number,
    signed_results,
)
from scoring.metrics.read_value import stated_value

ONE = "5e6b7b90-710d-4953-9b18-3e96b2cadbf2"
TWO = "84fe443f-dcff-48dd-8b2e-ae4daff8b278"
THREE = "c14cb8ba-002b-43be-bdc7-8a83f0fe1ac8"


@pytest.mark.parametrize(
    ("prediction", "number"),
    [
        ("4", "4"),
        ("-4", "-4"),
        ("is -4.", "-4"),
        ("is - 4", "-4"),
        ("= -3 + 14 = 11", "11"),
        ("(-4)", "-4"),
        ("`-4`", "-4"),
        ("func_1(-5)", None),
        ("func_63", None),
        ("1,234", "1234"),
        ("1,2,3", None),
        ("1.2.3", None),
        (".5", None),
        ("4th", None),
        ("10-4", "4"),
        ("not 4", None),
        ("3, not 4", "3"),
        ("4" * 5000, "4" * 5000),
        ("", None),
    ],
)
def test_the_last_number_is_read_with_its_sign(prediction: str, number: str | None) -> None:
    assert last_number(prediction) == (None if number is None else Decimal(number))


def test_the_first_number_is_read() -> None:
    assert first_number_stated("the 2nd is 88, then 87") == 88


def test_long_numbers_are_not_rounded() -> None:
    assert last_number("-" + "1" * 40) == -int("1" * 40)


@pytest.mark.parametrize(
    ("prediction", "found"),
    [
        ("71432", {"71432"}),
        ("密码是71432。", {"71432"}),
        ("71432. It is 71432", {"71432"}),
        ("71432 71433", {"71432", "71433"}),
        ("714327", set()),
        ("71432, not 71433", {"71432"}),
    ],
)
def test_numbers_of_a_length_are_collected(prediction: str, found: set[str]) -> None:
    assert digit_strings(prediction, length=5) == found


def test_running_results_keep_their_signs_and_skip_decimals() -> None:
    assert signed_results("[76, -1, 3-4, 5.5, 007]") == [76, -1, 3, 4, None, 7]


@pytest.mark.parametrize(
    ("prediction", "value"),
    [
        (f"{ONE}\n\n\nKey: {TWO}", ONE),
        (f'"{TWO}": "{ONE}"', ONE),
        (f"Key: {TWO}\nValue: {ONE}", ONE),
        (f'The key "{TWO}" has the value "{ONE}"', ONE),
        (f"{ONE} {TWO} {THREE}", None),
        (f"not {ONE}", None),
        (f"{ONE}0", None),
        (ONE[:-1], None),
        ("", None),
    ],
)
def test_one_value_is_read_or_none(prediction: str, value: str | None) -> None:
    assert stated_value(prediction) == value


@pytest.mark.parametrize(
    "prediction",
    [
        "Ace",
        "ACE'S",
        "The character is:\n\nAce",
        "The character is Ace Rothstein, the boss.",
        "Sam “Ace” Rothstein",
        "Mr. Ace",
        "ace, a gambler",
        "It is Ace. He runs the casino with Nicky, Ginger and Remo.",
    ],
)
def test_a_person_is_named(prediction: str) -> None:
    assert names_one_of(prediction, ["ACE", "ACE ROTHSTEIN"])


@pytest.mark.parametrize(
    "prediction",
    [
        "palace",
        "ace-r",
        "r-ace",
        "It isn't Ace",
        "Ace/Nicky",
        "Nicky and Ace",
        "ace, nicky",
        "Ace (Nicky) [Ginger] {Remo}",
        "Ace Nicky Ginger Remo Lester Frank",
        "Nicky. Ace. Ginger.",
        "Nicky\nAce",
        "",
    ],
)
def test_somebody_else_a_list_or_a_denial_is_no_name(prediction: str) -> None:
    assert not names_one_of(prediction, ["ACE", "ACE ROTHSTEIN"])


def test_empty_aliases_name_nobody() -> None:
    assert not names_one_of("Ace", ["", " ", "..."])
