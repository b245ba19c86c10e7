"""The board: stored facts that a page only reads."""

from typing import ClassVar

from django.db import models

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
        ]
        indexes: ClassVar = [
            models.Index(fields=["board", "scorer", "is_on_board", "rank"], name="board_by_rank"),
        ]

    def __str__(self) -> str:
        return f"{self.submission} {self.scorer}"


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
        SUBMITTED = "submitted", "submitted"
        SCORED = "scored", "scored"
        FAILED = "failed", "failed"
        WITHDRAWN = "withdrawn", "withdrawn"
        RESCORED = "rescored", "re-scored"

    at = models.DateTimeField()
    kind = models.CharField(max_length=12, choices=Kind)
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="events")
    detail = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.submission}"
