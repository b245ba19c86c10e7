"""How a chart writes numbers, the same in its drawing, its figure and its table."""

from collections.abc import Sequence
from typing import Final

MISSING: Final = "\u2013"


def percent(fraction: float) -> float:
    """A fraction in percent, to four decimals: more is rounding."""
    return round(100 * fraction, 4)


def shown(fraction: float | None) -> str:
    """A fraction as percent with one decimal, and a dash where there is none."""
    return MISSING if fraction is None else f"{100 * fraction:.1f}"


def shown_points(difference: float) -> str:
    """A difference of fractions in percentage points with one decimal and its sign."""
    return f"{100 * difference:+.1f}".replace("-", "\u2212")


def span(low: float, high: float) -> str:
    """Both ends of an interval in percent."""
    return f"[{shown(low)}, {shown(high)}]"


def thousands(tokens: float) -> str:
    """A number of tokens in thousands or millions, as axes and tables write it."""
    if tokens >= 1_000_000:
        return f"{tokens / 1_000_000:.4g}M"
    return f"{tokens / 1000:.4g}k" if tokens >= 1000 else f"{tokens:.4g}"


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which a share of the values lies, with straight lines between them."""
    ordered = sorted(values)
    at = share * (len(ordered) - 1)
    below = int(at)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (at - below) * (ordered[above] - ordered[below])
