"""The board: stored facts that a page only reads."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from submissions.models.submission import ModelEntry, Submission


class Standing(models.Model):
    """A scored submission under one scorer, as a row of the board.

    Written with the result and its rank in one transaction, never computed on read.
    """

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="standings")
    board = models.SlugField(max_length=80)
    scorer = models.SlugField(max_length=60)
    # {task: mean}, only the tasks that the submission has.
    means = models.JSONField()
    # The unweighted mean over all tasks of the suite; null while a task is missing.
    average = models.FloatField(null=True)
    tasks = models.PositiveSmallIntegerField()
    answered = models.PositiveIntegerField()
    n = models.PositiveIntegerField()
    # Whether it is its model's row for its release: the first complete public submission,
    # else the first.
    is_on_board = models.BooleanField(default=False)
    # 1 for the best average among the rows on the board; equal averages share a rank.
    rank = models.PositiveIntegerField(null=True)
    # How sure the figures are, written by the ranking job; null until it has run.  Standard
    # error and 95 % interval of the average, two-sided 95 % interval of the rank, and the
    # probability of being the best.
    se = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    rank_low = models.PositiveIntegerField(null=True)
    rank_high = models.PositiveIntegerField(null=True)
    best_probability = models.FloatField(null=True)
    # {task: [low, high]}, each a 95 % interval, and the tasks whose best score on the board this
    # row's cannot be told apart from.
    intervals = models.JSONField(default=dict)
    inseparable = models.JSONField(default=list)
    # Other averages of the same scores: by family, above chance, without the set-aside tasks.
    other_averages = models.JSONField(default=dict)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["submission", "scorer"], name="one_row_a_scorer"),
            models.CheckConstraint(
                condition=models.Q(average__gte=0.0, average__lte=1.0) | models.Q(average=None),
                name="an_average_is_a_fraction",
            ),
            models.CheckConstraint(
                condition=models.Q(rank=None)
                | models.Q(rank__gt=0, is_on_board=True, average__isnull=False),
                name="only_complete_rows_rank",
            ),
            models.CheckConstraint(
                condition=models.Q(rank_low=None, rank_high=None)
                | models.Q(rank_low__gt=0, rank_low__lte=models.F("rank_high"), rank__isnull=False),
                name="a_rank_interval_belongs_to_a_rank",
            ),
            models.CheckConstraint(
                condition=models.Q(low=None, high=None, se=None)
                | models.Q(low__gte=0.0, low__lte=models.F("high"), high__lte=1.0, se__gte=0.0),
                name="an_interval_is_in_order",
            ),
        ]
        indexes: ClassVar = [
            # Without the rank: then the many rows that a new one moves down change in place.
            models.Index(
                fields=["board", "scorer", "is_on_board", "-average"], name="board_by_average"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission} {self.scorer}"


class BoardState(models.Model):
    """A board under one scorer: its version, how long it is, and whether its intervals are
    those of its present rows.

    Every change of the ranked rows raises `wanted`; the ranking job sets `computed` to the value
    of `wanted` that it started from.
    """

    board = models.SlugField(max_length=80)
    scorer = models.SlugField(max_length=60)
    wanted = models.PositiveIntegerField(default=0)
    computed = models.PositiveIntegerField(default=0)
    # Rises with every change of what the board shows.
    version = models.PositiveBigIntegerField(default=0)
    # How many lines each part has, by its name, and which licences its models have.
    counts = models.JSONField(default=dict)
    licences = models.JSONField(default=list)
    computed_at = models.DateTimeField(null=True)
    announced_at = models.DateTimeField(null=True)
    ranked = models.PositiveIntegerField(default=0)
    # False: too many rows for all pairs, so that submissions count as independent.
    is_covariance_full = models.BooleanField(default=True)
    are_clusters_known = models.BooleanField(default=False)
    seed = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["board", "scorer"], name="one_state_a_board"),
        ]

    def __str__(self) -> str:
        return f"{self.board} {self.scorer}"


class ReportedScore(models.Model):
    """A figure that the benchmark's authors printed and that nobody re-scored here.

    `value` is a fraction; where the authors printed only "below 5 %", `below` is 0.05 instead.
    """

    suite = models.SlugField(max_length=60)
    model = models.ForeignKey(ModelEntry, on_delete=models.CASCADE, related_name="reported")
    task = models.SlugField(max_length=60)
    value = models.FloatField(null=True)
    below = models.FloatField(null=True)
    scorer = models.SlugField(max_length=60)
    source = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["model", "task"], name="one_reported_score_a_task"),
            models.CheckConstraint(
                condition=models.Q(value__gte=0.0, value__lte=1.0, below=None)
                | models.Q(value=None, below__gt=0.0, below__lte=1.0),
                name="a_value_or_a_bound",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.task} as reported"


class BoardEvent(models.Model):
    """Something that changed the board, written in the transaction that changed it."""

    class Kind(models.TextChoices):
        SUBMITTED = "submitted", _("submitted")
        SCORED = "scored", _("scored")
        FAILED = "failed", _("failed")
        WITHDRAWN = "withdrawn", _("withdrawn")
        RESCORED = "rescored", _("re-scored")
        PUBLISHED = "published", _("published")
        UNPUBLISHED = "unpublished", _("publication undone")
        UNLISTED = "unlisted", _("unlisted")
        RENAMED = "renamed", _("renamed")
        SUPERSEDED = "superseded", _("superseded")

    at = models.DateTimeField()
    kind = models.CharField(max_length=12, choices=Kind)
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="events")
    detail = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.submission}"
