"""Quantiles and tails of the normal, Student's t and the binomial, as plain floats."""

from scipy import special  # type: ignore[import-untyped]


def normal_quantile(probability: float) -> float:
    """z with P(Z <= z) = probability."""
    return float(special.ndtri(probability))


def normal_tail(z: float) -> float:
    """P(Z >= z)."""
    return float(special.ndtr(-z))


def two_sided_z(confidence: float) -> float:
    """z with P(|Z| <= z) = confidence: 1.96 at 0.95."""
    return normal_quantile(0.5 + confidence / 2)


def two_sided_t(confidence: float, *, degrees_of_freedom: int) -> float:
    """t with P(|T| <= t) = confidence."""
    return float(special.stdtrit(degrees_of_freedom, 0.5 + confidence / 2))


def two_sided_p(ratio: float, *, degrees_of_freedom: int | None = None) -> float:
    """P(|Z| >= |ratio|), or of Student's t where it has degrees of freedom."""
    if degrees_of_freedom is None:
        return 2 * normal_tail(abs(ratio))
    return 2 * float(special.stdtr(degrees_of_freedom, -abs(ratio)))


def coin_at_most(k: int, *, n: int) -> float:
    """P(X <= k) for X heads in n throws of a fair coin."""
    return float(special.bdtr(k, n, 0.5))
