"""How sure the board is: intervals, averages, ranks and comparisons, from per-example scores.

Scores are fractions in [0, 1]; NaN and infinity raise ValueError everywhere.  Nothing here reads
a clock, a file or a database, and every random draw comes from a seed that the caller gives.
"""

from scoring.statistics.aggregates import (
    Aggregate,
    MissingTasks,
    bounds,
    chance_adjusted,
    discriminates,
    family_average,
    macro,
    without,
)
from scoring.statistics.correlated import (
    MAX_MODELS_WITH_COVARIANCE,
    Covariance,
    ItemSet,
    ModelScores,
    covariance,
)
from scoring.statistics.effective import EffectiveLength, LengthScore, effective_length
from scoring.statistics.intervals import Interval, pooled_design_effect, task_interval, wilson
from scoring.statistics.multiplicity import bold_cells, derive_seed, holm
from scoring.statistics.paired import (
    PairedDifference,
    TaskDifference,
    mcnemar,
    minimum_detectable_difference,
    paired_macro,
    paired_task,
)
from scoring.statistics.pairing import Pairing, TaskPair, pair
from scoring.statistics.ranks import Ranking, RankInterval, rank_intervals, separated_groups
from scoring.statistics.resampling import (
    BootstrapDifference,
    SignFlip,
    paired_bootstrap,
    sign_flip,
)
from scoring.statistics.variance import TaskVariance, task_variance

__all__ = [
    "MAX_MODELS_WITH_COVARIANCE",
    "Aggregate",
    "BootstrapDifference",
    "Covariance",
    "EffectiveLength",
    "Interval",
    "ItemSet",
    "LengthScore",
    "MissingTasks",
    "ModelScores",
    "PairedDifference",
    "Pairing",
    "RankInterval",
    "Ranking",
    "SignFlip",
    "TaskDifference",
    "TaskPair",
    "TaskVariance",
    "bold_cells",
    "bounds",
    "chance_adjusted",
    "covariance",
    "derive_seed",
    "discriminates",
    "effective_length",
    "family_average",
    "holm",
    "macro",
    "mcnemar",
    "minimum_detectable_difference",
    "pair",
    "paired_bootstrap",
    "paired_macro",
    "paired_task",
    "pooled_design_effect",
    "rank_intervals",
    "separated_groups",
    "sign_flip",
    "task_interval",
    "task_variance",
    "wilson",
    "without",
]
