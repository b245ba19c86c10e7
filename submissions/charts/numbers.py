"""How a chart writes numbers, the same in its drawing, its figure and its table."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from scoring.lengths import show_length

MISSING: Final = "\u2013"
_MINUS: Final = "\u2212"
_STEPS: Final = ((10**6, "M"), (10**3, "K"))


def percent(fraction: float) -> float:
    """A fraction in percent, to four decimals: more is rounding."""
    return round(100 * fraction, 4)


def shown(fraction: float | None) -> str:
    """A fraction as percent with one decimal, and a dash where there is none.

    What is small but not zero never reads 0.0.
    """
    if fraction is None:
        return MISSING
    written = f"{100 * fraction:.1f}"
    if fraction and float(written) == 0.0:
        written = format(Decimal(f"{100 * fraction:.1e}"), "f")
    return written.replace("-", _MINUS)


def shown_points(difference: float) -> str:
    """A difference of fractions in percentage points with its sign, as `shown` writes it."""
    return f"+{shown(difference)}" if difference > 0 else shown(difference)


def span(low: float, high: float) -> str:
    """Both ends of an interval in percent."""
    return f"[{shown(low)}, {shown(high)}]"


def thousands(tokens: float) -> str:
    """A number of tokens in three figures, as tables write it: 43.9K, 2.07M."""
    for step, suffix in _STEPS:
        # What rounds to a million is one, and no thousand thousands.
        if float(f"{tokens:.3g}") >= step:
            return f"{tokens / step:.3g}{suffix}"
    return f"{tokens:.3g}"


def track_length(tokens: int) -> str:
    """A track's length in units of 1,024, with the same large letters: 4K, 1M."""
    return show_length(tokens).upper()


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which a share of the values lies, with straight lines between them."""
    ordered = sorted(values)
    at = share * (len(ordered) - 1)
    below = int(at)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (at - below) * (ordered[above] - ordered[below])
