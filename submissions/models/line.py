"""The board's lines: what a page filters and sorts by, side by side in one indexed table."""

from typing import ClassVar, Final

from django.db import models

from submissions.models.board import BoardState, Standing
from submissions.models.release import Release
from submissions.models.submission import ModelEntry

# A suite's tasks take the first of these columns, in their own order.
SCORE_COLUMNS: Final = tuple(f"score_{number}" for number in range(1, 17))
# What rows are sorted by besides a task's score, and the column that holds it.
SORT_COLUMNS: Final = {
    "rank": "average",
    "average": "average",
    "name": "name_key",
    "date": "submitted_at",
}


class Tier(models.TextChoices):
    """Who made a row's figures, from the surest to the least sure."""

    RUN = "run", "run by us"
    RESCORED = "rescored", "predictions re-scored by us"
    REPORTED = "reported", "reported"


class Part(models.IntegerChoices):
    """The parts of a board, in the order in which they stand."""

    RANKED = 0, "ranked"
    INCOMPLETE = 1, "incomplete"
    REPORTED = 2, "reported"
    WITHDRAWN = 3, "withdrawn"


class BoardLine(models.Model):
    """A row of a board under one scorer, scored or reported, with what it is found by.

    Written in the transaction that changes its standing.  It has no rank: ranks move with every
    row that comes, and a line, which many indexes hold, stays.  The order by average is theirs.
    """

    # No index of its own: every index below begins with it.
    state = models.ForeignKey(
        BoardState, on_delete=models.CASCADE, related_name="lines", db_index=False
    )
    part = models.PositiveSmallIntegerField(choices=Part)
    model = models.ForeignKey(ModelEntry, on_delete=models.CASCADE, related_name="lines")
    # Both null on a reported line.
    standing = models.OneToOneField(
        Standing, null=True, on_delete=models.CASCADE, related_name="line"
    )
    release = models.ForeignKey(Release, null=True, on_delete=models.CASCADE, related_name="+")
    tier = models.CharField(max_length=8, choices=Tier)
    # Case-folded, as they are searched and sorted.
    name_key = models.CharField(max_length=240)
    organization_key = models.CharField(max_length=240)
    licence_key = models.CharField(max_length=160)
    weights = models.CharField(max_length=8)
    parameters = models.BigIntegerField(null=True)
    context_tokens = models.BigIntegerField(null=True)
    submitted_at = models.DateTimeField(null=True)
    average = models.FloatField(null=True)
    # What the authors printed of this model under this scorer: {task: [value, below]}, and where.
    printed = models.JSONField(default=dict)
    source = models.TextField(blank=True)
    # The tasks' scores in the suite's order; of a figure that is only known to be small, 0.
    score_1 = models.FloatField(null=True)
    score_2 = models.FloatField(null=True)
    score_3 = models.FloatField(null=True)
    score_4 = models.FloatField(null=True)
    score_5 = models.FloatField(null=True)
    score_6 = models.FloatField(null=True)
    score_7 = models.FloatField(null=True)
    score_8 = models.FloatField(null=True)
    score_9 = models.FloatField(null=True)
    score_10 = models.FloatField(null=True)
    score_11 = models.FloatField(null=True)
    score_12 = models.FloatField(null=True)
    score_13 = models.FloatField(null=True)
    score_14 = models.FloatField(null=True)
    score_15 = models.FloatField(null=True)
    score_16 = models.FloatField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(part=2, standing=None, release=None, tier="reported")
                | (~models.Q(part=2) & models.Q(standing__isnull=False, release__isnull=False)),
                name="only_reported_lines_lack_a_standing",
            ),
            models.CheckConstraint(
                condition=~models.Q(part=0) | models.Q(average__isnull=False),
                name="a_ranked_line_has_an_average",
            ),
            models.UniqueConstraint(
                fields=["state", "model"],
                condition=models.Q(part=2),
                name="one_reported_line_a_model",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "part", "name_key", "id"], name="line_by_name"),
            *(
                # In the other direction the database reads the index backwards.
                models.Index(
                    fields=["state", "part", f"-{column}", "name_key", "id"],
                    condition=models.Q(**{f"{column}__isnull": False}),
                    name=f"line_by_{column}",
                )
                for column in ("average", "submitted_at", *SCORE_COLUMNS)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name_key} on {self.state}"
