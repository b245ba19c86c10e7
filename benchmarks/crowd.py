"""Rows of made-up models, so that a benchmark's board is as long as it likes."""

import random
from datetime import timedelta
from typing import Any

BATCH = 500


def add_models(count: int, *, seed: int = 1) -> None:
    """Add `count` models with scored public submissions to the board; call after Django is set up.

    They have standings and lines under every scorer, and no predictions or per-example scores.
    """
    from django.utils import timezone  # noqa: PLC0415

    from scoring import SUITES  # noqa: PLC0415
    from submissions.models import ModelEntry, Release  # noqa: PLC0415

    dice = random.Random(seed)
    release = Release.objects.order_by("pk")[0]
    suite = SUITES[release.suite]
    first = ModelEntry.objects.count()
    for start in range(first, first + count, BATCH):
        numbers = range(start, min(start + BATCH, first + count))
        at = timezone.now() - timedelta(days=1)
        models = ModelEntry.objects.bulk_create(
            ModelEntry(
                slug=f"crowd-{number}",
                name=f"Crowd {number}",
                organization=f"Organization {number % 97}",
                licence=("MIT", "Apache-2.0", "")[number % 3],
                created_at=at,
            )
            for number in numbers
        )
        means = [{task: dice.random() for task in suite.slugs} for _ in models]
        _add_rows(models, means, release, suite, at)
    _settle(release.board, suite)


def _add_rows(models: Any, means: Any, release: Any, suite: Any, at: Any) -> None:
    from submissions.lines import _scored_line, board_state  # noqa: PLC0415
    from submissions.models import BoardLine, Standing, Submission  # noqa: PLC0415

    submissions = Submission.objects.bulk_create(
        Submission(model=model, release=release, sha256=f"crowd-{model.pk}", created_at=at)
        for model in models
    )
    for scorer in suite.scorers:
        standings = Standing.objects.bulk_create(
            Standing(
                submission=submission,
                board=release.board,
                scorer=scorer.name,
                means=scores,
                average=sum(scores.values()) / len(scores),
                tasks=len(scores),
                answered=3946,
                n=3946,
                is_on_board=True,
            )
            for submission, scores in zip(submissions, means, strict=True)
        )
        state = board_state(release.board, scorer.name)
        BoardLine.objects.bulk_create(
            _scored_line(state, standing, {}, suite) for standing in standings
        )


def _settle(board: str, suite: Any) -> None:
    from submissions.lines import board_state, refresh_state  # noqa: PLC0415
    from submissions.standings import rank_board  # noqa: PLC0415

    for scorer in suite.scorers:
        rank_board(board, scorer.name)
        refresh_state(board_state(board, scorer.name))
