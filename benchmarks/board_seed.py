"""Fills a database with a board of any length, as scored submissions would have left it.

Names, organizations, sizes and scores are drawn from a seed.  One in twenty rows lacks a task.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from scoring import SUITES
from submissions.lines import board_state, refresh_state
from submissions.models import (
    SCORE_COLUMNS,
    BoardLine,
    ModelEntry,
    Part,
    Release,
    Standing,
    Submission,
    Tier,
)
from submissions.standings import rank_board

SUITE = SUITES["infinitebench"]
_START = datetime(2024, 1, 1, tzinfo=UTC)
_FAMILIES = ("Llama", "Qwen", "Mistral", "Yi", "Phi", "Gemma", "GLM", "Falcon", "Kimi", "Command")
_ORGANIZATIONS = (
    "Meta",
    "Alibaba",
    "Mistral AI",
    "01.AI",
    "Microsoft",
    "Google",
    "Zhipu AI",
    "TII",
)
_LICENCES = ("apache-2.0", "mit", "llama-3", "proprietary")
_BATCH = 2_000


def seed_board(rows: int, *, seed: int) -> None:
    """Write `rows` public submissions on one release, ranked under every scorer of the suite."""
    release = Release.objects.create(
        suite=SUITE.slug,
        name="bench",
        title="Bench",
        board=SUITE.slug,
        sha256="",
        created_at=_START,
    )
    draw = random.Random(seed)
    with transaction.atomic():
        models = ModelEntry.objects.bulk_create(_models(rows, draw), batch_size=_BATCH)
        submissions = Submission.objects.bulk_create(
            _submissions(models, release), batch_size=_BATCH
        )
        for scorer in SUITE.scorers:
            _write_rows(submissions, release, scorer.name, random.Random(seed))
            rank_board(SUITE.slug, scorer.name)
            _write_intervals(scorer.name)
            refresh_state(board_state(SUITE.slug, scorer.name))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _models(rows: int, draw: random.Random) -> Iterator[ModelEntry]:
    for number in range(rows):
        size = draw.choice((1, 3, 7, 8, 13, 34, 70, 405)) * 10**9
        family = draw.choice(_FAMILIES)
        yield ModelEntry(
            slug=f"model-{number}",
            name=f"{family}-{size // 10**9}B-{draw.getrandbits(32):08x}",
            organization=draw.choice(_ORGANIZATIONS),
            licence=draw.choice(_LICENCES),
            parameters=size,
            context_tokens=draw.choice((32_000, 128_000, 200_000, 1_000_000)),
            weights=draw.choice(("open", "closed")),
            created_at=_START,
        )


def _submissions(models: Sequence[ModelEntry], release: Release) -> Iterator[Submission]:
    for number, model in enumerate(models):
        yield Submission(
            model=model,
            release=release,
            sha256=f"{number:064x}",
            created_at=_START + timedelta(minutes=number),
        )


def _write_rows(
    submissions: Sequence[Submission], release: Release, scorer: str, draw: random.Random
) -> None:
    state = board_state(SUITE.slug, scorer)
    for start in range(0, len(submissions), _BATCH):
        of_batch = submissions[start : start + _BATCH]
        standings = Standing.objects.bulk_create([_standing(one, scorer, draw) for one in of_batch])
        BoardLine.objects.bulk_create(
            _line(one, standing, release, state)
            for one, standing in zip(of_batch, standings, strict=True)
        )


def _standing(submission: Submission, scorer: str, draw: random.Random) -> Standing:
    level = draw.random()
    # As many examples as the tasks have: real scores have many ties.
    means = {
        task.slug: round(min(1.0, max(0.0, draw.gauss(level, 0.15))) * task.n) / task.n
        for task in SUITE.tasks
    }
    if draw.random() < 0.05:
        del means[draw.choice(SUITE.slugs)]
    is_complete = len(means) == len(SUITE.slugs)
    return Standing(
        submission=submission,
        board=SUITE.slug,
        scorer=scorer,
        means=means,
        average=sum(means.values()) / len(means) if is_complete else None,
        tasks=len(means),
        answered=3_900,
        n=3_932,
        is_on_board=True,
        intervals={task: [max(0.0, m - 0.04), min(1.0, m + 0.04)] for task, m in means.items()},
        inseparable=[],
        other_averages={"family": level, "above_chance": level},
    )


def _line(submission: Submission, standing: Standing, release: Release, state: Any) -> BoardLine:
    model = submission.model
    columns = zip(SUITE.slugs, SCORE_COLUMNS, strict=False)
    return BoardLine(
        state=state,
        part=Part.INCOMPLETE if standing.average is None else Part.RANKED,
        model=model,
        standing=standing,
        release=release,
        tier=Tier.RESCORED,
        name_key=model.name.casefold(),
        organization_key=model.organization.casefold(),
        licence_key=model.licence,
        weights=model.weights,
        parameters=model.parameters,
        context_tokens=model.context_tokens,
        submitted_at=submission.created_at,
        average=standing.average,
        **{column: standing.means.get(task) for task, column in columns},
    )


def _write_intervals(scorer: str) -> None:
    """Intervals as the ranking job would have left them; their width is not the point here."""
    with connection.cursor() as cursor:
        least = "LEAST" if connection.vendor == "postgresql" else "MIN"
        most = "GREATEST" if connection.vendor == "postgresql" else "MAX"
        cursor.execute(
            f"UPDATE submissions_standing SET se = 0.01, low = {most}(average - 0.02, 0),"  # noqa: S608
            f" high = {least}(average + 0.02, 1), rank_low = {most}(rank - 20, 1),"
            " rank_high = rank + 20 WHERE scorer = %s AND rank IS NOT NULL",
            [scorer],
        )
