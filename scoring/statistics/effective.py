"""How long a context a model really uses: the longest at which it keeps a share of its score."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot, isfinite
from typing import Final

Z95: Final = 1.959963984540054
KEPT_SHARE: Final = 0.85


@dataclass(frozen=True, slots=True)
class LengthScore:
    """A score at one length, a fraction, with its standard error."""

    tokens: int
    score: float
    se: float


@dataclass(frozen=True, slots=True)
class EffectiveLength:
    """The longest measured length up to which `share` of the shortest length's score is kept.

    `low` and `high` are the ends of its 95 % interval: up to `low` the score is kept for sure,
    beyond `high` it is lost for sure.  The shortest length keeps its own score, so none is less.
    `is_open`: it is kept for all that is known up to the longest measured length, and perhaps
    beyond.
    """

    share: float
    tokens: int
    low: int
    high: int
    is_open: bool


def effective_length(
    scores: Sequence[LengthScore], *, share: float = KEPT_SHARE
) -> EffectiveLength | None:
    """Find how long contexts may be until less than a share of the score is left.

    Lengths must have examples of their own, so that their errors are independent.  The difference
    score - share * shortest is compared with 0 at each length; the interval follows from its
    standard error, length by length.  A later recovery does not count: the first loss ends it.

    Args:
        scores: At least one, of different lengths, in any order.
        share: What has to be kept, above 0 and at most 1.

    Returns:
        None where the shortest length's score is 0: then there is nothing to keep.

    Raises:
        ValueError: without scores, for lengths given twice, and for what is no fraction.
    """
    _check(scores, share)
    ordered = sorted(scores, key=lambda one: one.tokens)
    first = ordered[0]
    if first.score <= 0.0:
        return None
    kept = [_kept(one, first, share) for one in ordered]
    tokens, low, high = (
        ordered[_until([one[at] for one in kept])].tokens for at in ("kept", "surely", "perhaps")
    )
    return EffectiveLength(share, tokens, low, high, is_open=high == ordered[-1].tokens)


def _kept(one: LengthScore, first: LengthScore, share: float) -> dict[str, bool]:
    """Whether a length keeps the share: by its score, surely, and perhaps."""
    if one is first:
        return {"kept": True, "surely": True, "perhaps": True}
    difference = one.score - share * first.score
    error = Z95 * hypot(one.se, share * first.se)
    return {
        "kept": difference >= 0.0,
        "surely": difference - error >= 0.0,
        "perhaps": difference + error >= 0.0,
    }


def _until(kept: Sequence[bool]) -> int:
    """The last place before the first that is lost; the first place is always kept."""
    return next((at for at, is_kept in enumerate(kept) if not is_kept), len(kept)) - 1


def _check(scores: Sequence[LengthScore], share: float) -> None:
    if not scores:
        raise ValueError("at least one length is needed")
    if len({one.tokens for one in scores}) < len(scores):
        raise ValueError("every length may be given once")
    if not 0.0 < share <= 1.0:
        raise ValueError(f"a share lies above 0 and is at most 1, not {share}")
    for one in scores:
        if not (isfinite(one.score) and 0.0 <= one.score <= 1.0):
            raise ValueError(f"a score is a fraction, not {one.score}")
        if not (isfinite(one.se) and one.se >= 0.0):
            raise ValueError(f"a standard error is not negative, and finite: {one.se}")
