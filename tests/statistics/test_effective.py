"""How long a context a model really uses."""

import pytest

from scoring.statistics import EffectiveLength, LengthScore, effective_length

K = 1024


def lengths(*scores: float, se: float = 0.01) -> list[LengthScore]:
    """Scores at 4k, 8k, 16k and so on."""
    return [LengthScore(4 * K * 2**at, score, se) for at, score in enumerate(scores)]


def test_it_is_the_longest_length_that_keeps_the_share() -> None:
    # 85 % of 0.8 is 0.68.
    found = effective_length(lengths(0.8, 0.8, 0.75, 0.5, 0.1))

    assert found == EffectiveLength(0.85, 16 * K, 16 * K, 16 * K, is_open=False)


def test_its_interval_holds_every_length_that_errors_leave_open() -> None:
    # At 16k the difference to 0.68 is 0.03, less than 1.96 * sqrt(0.02^2 + (0.85 * 0.02)^2).
    found = effective_length(lengths(0.8, 0.8, 0.71, 0.65, 0.1, se=0.02))

    assert found is not None
    assert (found.low, found.tokens, found.high) == (8 * K, 16 * K, 32 * K)


def test_what_is_kept_to_the_end_may_go_on() -> None:
    found = effective_length(lengths(0.8, 0.8, 0.8))

    assert found is not None
    assert (found.tokens, found.is_open) == (16 * K, True)


def test_a_recovery_does_not_count() -> None:
    found = effective_length(lengths(0.8, 0.1, 0.8))

    assert found is not None
    assert (found.tokens, found.high, found.is_open) == (4 * K, 4 * K, False)


def test_the_order_in_which_lengths_are_given_does_not_matter() -> None:
    given = lengths(0.8, 0.7, 0.3)

    assert effective_length(given[::-1]) == effective_length(given)


@pytest.mark.parametrize("se", [0.0, 0.05, 0.3])
def test_the_interval_holds_the_figure(se: float) -> None:
    for scores in ((0.5, 0.5, 0.1), (0.9, 0.2, 0.9), (0.3,), (1.0, 0.86, 0.84, 0.8)):
        found = effective_length(lengths(*scores, se=se))

        assert found is not None
        assert found.low <= found.tokens <= found.high


def test_nothing_can_be_kept_of_nothing() -> None:
    assert effective_length(lengths(0.0, 0.0)) is None


def test_a_smaller_share_is_kept_for_longer() -> None:
    given = lengths(0.8, 0.6, 0.4, 0.2)

    found = [effective_length(given, share=share) for share in (1.0, 0.7, 0.5, 0.25)]

    assert [one.tokens for one in found if one] == [4 * K, 8 * K, 16 * K, 32 * K]


@pytest.mark.parametrize(
    ("scores", "share"),
    [
        ([], 0.85),
        ([LengthScore(K, 0.5, 0.1), LengthScore(K, 0.4, 0.1)], 0.85),
        ([LengthScore(K, 1.1, 0.1)], 0.85),
        ([LengthScore(K, float("nan"), 0.1)], 0.85),
        ([LengthScore(K, 0.5, -0.1)], 0.85),
        ([LengthScore(K, 0.5, 0.1)], 0.0),
        ([LengthScore(K, 0.5, 0.1)], 1.1),
    ],
)
def test_what_is_no_measurement_is_refused(scores: list[LengthScore], share: float) -> None:
    with pytest.raises(ValueError, match=r"length|share|fraction|error"):
        effective_length(scores, share=share)
