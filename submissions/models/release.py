"""Releases: which examples a run is scored on, with their hidden answers.

The benchmark's data exist in generations that must never be mixed.  A release names one item set
for each task; releases that share an item set share its rows, so that common items are known by
identity and never by position.
"""

from typing import ClassVar

from django.db import models


class ItemSet(models.Model):
    """The examples of one task in one generation, frozen."""

    suite = models.SlugField(max_length=60)
    task = models.SlugField(max_length=60)
    sha256 = models.CharField(max_length=64, unique=True)
    # Equal for two item sets that hold the same examples under other ids.
    items_sha256 = models.CharField(max_length=64, db_index=True)
    n = models.PositiveIntegerField()
    # Where the dataset's own rows lie on this machine, for the contexts; empty: labels only.
    source_path = models.TextField(blank=True)
    source_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(n__gt=0), name="item_set_is_not_empty"),
        ]

    def __str__(self) -> str:
        return f"{self.task} {self.sha256[:8]}"


class Example(models.Model):
    """One example with its answer.

    `position` counts from 0 in file order, which is the id of the Hub generation;
    `source_id` is the id that the files of its own generation carry, gappy in the legacy one.
    """

    item_set = models.ForeignKey(ItemSet, on_delete=models.CASCADE, related_name="examples")
    position = models.PositiveIntegerField()
    source_id = models.CharField(max_length=120)
    # sha256 over task, canonical answer and its how-manieth occurrence: the same example in
    # two item sets has the same key.
    key = models.CharField(max_length=64)
    answer = models.JSONField()
    # 16 bytes, as hex: what an uploaded file's own ground truth is compared with.
    fingerprint = models.CharField(max_length=32)
    context_sha256 = models.CharField(max_length=64, blank=True)
    # Of generated examples: where the last thing that the answer needs is said, 0 at the start of
    # the context and 1 at its end, and about how long the context is.
    depth = models.FloatField(null=True)
    length_tokens = models.PositiveIntegerField(null=True)
    # The dataset's row in ItemSet.source_path.
    row_offset = models.BigIntegerField(null=True)
    row_bytes = models.PositiveIntegerField(null=True)

    class Meta:
        ordering: ClassVar = ["item_set", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item_set", "position"], name="one_example_a_position"),
            models.UniqueConstraint(fields=["item_set", "source_id"], name="one_example_an_id"),
            models.CheckConstraint(
                condition=models.Q(depth=None) | models.Q(depth__gte=0.0, depth__lte=1.0),
                name="a_depth_is_a_fraction",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_set} #{self.position}"


class Round(models.Model):
    """When predictions on a fresh release may come in, and whether all are scored at its end.

    A blind round is scored when it has closed: before that there is no result that could leak.
    """

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=160)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    is_blind = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ["-closes_at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(closes_at__gt=models.F("opens_at")),
                name="a_round_closes_after_it_opens",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Release(models.Model):
    """A version of a suite's data, by name; a run belongs to exactly one."""

    class Source(models.TextChoices):
        DATASET = "dataset", "the dataset's own files"
        PUBLISHED = "published", "ground truths inside the authors' published predictions"
        # Sorts last: where nothing else decides, an upload is of the authors' data.
        SYNTHETIC = "synthetic", "generated from a seed"

    suite = models.SlugField(max_length=60)
    name = models.SlugField(max_length=80, unique=True)
    source = models.CharField(max_length=10, choices=Source, default=Source.DATASET)
    title = models.CharField(max_length=160)
    notes = models.TextField(blank=True)
    # Releases of one board are ranked in one table: the authors' own table mixes theirs.
    board = models.SlugField(max_length=80)
    revision = models.CharField(max_length=64, blank=True)
    sha256 = models.CharField(max_length=64)
    # Answers of a public release may be shown beside predictions.
    are_answers_public = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    # Of generated releases.  Releases of one series differ in length only.
    series = models.SlugField(max_length=80, blank=True)
    length_tokens = models.PositiveIntegerField(null=True)
    generator = models.CharField(max_length=60, blank=True)
    # Empty while it is a secret: then it lies in a file outside the database.
    seed = models.CharField(max_length=80, blank=True)
    round = models.ForeignKey(Round, null=True, on_delete=models.PROTECT, related_name="releases")
    # When a private release's seed and answers were published.
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["created_at", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(are_answers_public=True) | models.Q(seed="", retired_at=None),
                name="a_private_release_keeps_its_seed",
            ),
            models.UniqueConstraint(
                fields=["series", "length_tokens"],
                condition=~models.Q(series=""),
                name="one_release_a_length_of_a_series",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ReleaseTask(models.Model):
    """Which item set stands for a task in a release."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="tasks")
    task = models.SlugField(max_length=60)
    item_set = models.ForeignKey(ItemSet, on_delete=models.PROTECT, related_name="release_tasks")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["release", "task"], name="one_item_set_a_task"),
        ]

    def __str__(self) -> str:
        return f"{self.release} {self.task}"
