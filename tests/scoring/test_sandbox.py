"""Programs that must crash: run apart, and able to do nothing but compute."""

import pytest

from scoring.drafts import Trial
from scoring.sandbox import TrialFailed, open_sandbox

GOOD = "def good(x):\n    return x + 1\n"
BAD = "def bad(x):\n    return x + nothing\n"


def trial(
    source: str = GOOD + BAD,
    *,
    crashing: str = "bad(1)",
    function: str = "bad",
    error: str = "NameError",
    harmless: tuple[str, ...] = ("good(1)",),
) -> Trial:
    return Trial(source, crashing, function, error, harmless)


def complaint(one: Trial) -> str:
    with open_sandbox() as sandbox, pytest.raises(TrialFailed) as failed:
        sandbox.check(one)
    return str(failed.value)


def test_what_crashes_as_planted_passes_one_after_another() -> None:
    with open_sandbox() as sandbox:
        for _ in range(3):
            sandbox.check(trial())


def test_what_does_not_crash_is_found_out() -> None:
    assert "did not crash" in complaint(trial(crashing="good(1)", function="good"))


def test_another_error_or_another_place_is_found_out() -> None:
    assert "raised NameError, not TypeError" in complaint(trial(error="TypeError"))
    assert "raised elsewhere" in complaint(trial(function="good"))


def test_an_option_that_crashes_too_is_found_out() -> None:
    assert "bad(2) raised NameError" in complaint(trial(harmless=("good(1)", "bad(2)")))


@pytest.mark.parametrize(
    "deed",
    [
        "open('/etc/passwd')",
        "open('left-behind', 'w')",
        "__import__('socket').socket()",
        "__import__('os').system('true')",
        "__import__('os').fork()",
        "__import__('os').listdir('/')",
        "__import__('subprocess').run(['true'])",
        "__import__('ctypes')",
        "__import__('os').kill(1, 0)",
    ],
)
def test_a_program_may_only_compute(deed: str) -> None:
    one = trial(f"{GOOD}def bad(x):\n    return {deed}\n", error="RuntimeError")

    with open_sandbox() as sandbox:
        sandbox.check(one)


def test_a_program_that_takes_too_much_memory_ends_alone() -> None:
    one = trial(f"{GOOD}def bad(x):\n    return bytearray(2**31)\n", error="MemoryError")

    with open_sandbox() as sandbox:
        sandbox.check(one)
        sandbox.check(trial())


def test_a_sandbox_that_has_ended_is_no_verdict() -> None:
    ending = f"{GOOD}def bad(x):\n    raise SystemExit\n"

    assert "has ended" in complaint(trial(ending, error="SystemExit"))
