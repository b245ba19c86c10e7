"""The shapes of a comparison: what the page, and whoever else asks, is given."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

ALPHA: Final = 0.05

Why = Literal["", "missing", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A submission on the page.  `label` tells it apart from others of its model's name."""

    public_id: str
    label: str
    organization: str
    release: str
    release_title: str
    visibility: str
    submitted_at: datetime
    is_withdrawn: bool
    is_scored: bool
    tasks: int
    average: float | None
    rank: int | None
    rank_low: int | None
    rank_high: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A later submission less the first on one task, over `n` common examples; fractions.

    `only_later` and `only_first` count the examples that just one of them got right; None where
    scores are not binary.  `detectable` is the smallest difference found with 80 % power.
    """

    value: float
    low: float
    high: float
    p: float
    p_adjusted: float
    only_later: int | None
    only_first: int | None
    detectable: float
    n: int

    @property
    def is_told_apart(self) -> bool:
        """Whether it holds after Holm's correction over all tests of the page."""
        return self.p_adjusted < ALPHA


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskPairing:
    """A later submission against the first on one task; without a difference, `why` not."""

    difference: Difference | None
    why: Why
    common: int
    n_first: int
    n_later: int

    @property
    def is_partial(self) -> bool:
        """Whether some examples of one of them have no partner."""
        return self.difference is not None and self.common < max(self.n_first, self.n_later)


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task with the score of each submission, and each later one against the first."""

    slug: str
    name: str
    family: str
    scores: tuple[float | None, ...]
    pairings: tuple[TaskPairing, ...]


@dataclass(frozen=True, slots=True)
class Resampled:
    """The same overall difference without a formula, from `draws` draws that `seed` repeats."""

    bootstrap_p: float
    bootstrap_low: float
    bootstrap_high: float
    sign_flip_p: float
    draws: int
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overall:
    """A later submission less the first on average over the tasks that could be paired."""

    first: str
    later: str
    value: float
    low: float
    high: float
    p: float
    detectable: float
    # Names of tasks: paired, and not; how many of the paired ones differ after Holm.
    tasks: tuple[str, ...]
    left_out: tuple[str, ...]
    differing: int
    resampled: Resampled | None

    @property
    def is_told_apart(self) -> bool:
        """Whether zero is outside of what the scores allow."""
        return self.p < ALPHA

    @property
    def ahead(self) -> str:
        """Who has the higher average of the two."""
        return self.later if self.value > 0 else self.first

    @property
    def behind(self) -> str:
        """Who has the lower one."""
        return self.first if self.value > 0 else self.later

    @property
    def gap(self) -> tuple[float, float, float]:
        """By how much the one is ahead: value and both ends of the interval."""
        if self.value > 0:
            return self.value, self.low, self.high
        # Taken from zero, so that no difference is not "minus nothing".
        return 0.0 - self.value, 0.0 - self.high, 0.0 - self.low


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that the page shows; `overalls` has None where nothing could be paired."""

    sides: tuple[Side, ...]
    rows: tuple[TaskRow, ...]
    overalls: tuple[Overall | None, ...]
    tests: int
    # Of two submissions: both scores of each common example, by task, where scores lie between
    # wrong and right.
    graded: Mapping[str, tuple[tuple[float, float], ...]]


@dataclass(frozen=True, slots=True)
class DifferingExample:
    """A common example on which two submissions score differently; the pairs are in their order.

    `answer` is None where the reader may not see it.
    """

    source_ids: tuple[str, str]
    predictions: tuple[str | None, str | None]
    scores: tuple[float, float]
    outcomes: tuple[str, str]
    answer: Any


@dataclass(frozen=True, slots=True)
class DifferingPage:
    """Twenty of the `total` examples that differ, of `common` that both have."""

    examples: tuple[DifferingExample, ...]
    total: int
    common: int
    page: int
    pages: int
    has_answers: bool
