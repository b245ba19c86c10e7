"""Writes the board's lines; called inside the transaction of what changed them."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, Final

from django.db import transaction
from django.db.models import Count, F, Q

from scoring import SUITES, Suite
from submissions.board_audit import note_changes, rows_of
from submissions.board_locks import lock_boards
from submissions.models import (
    SCORE_COLUMNS,
    BoardLine,
    BoardState,
    ModelEntry,
    Part,
    Release,
    ReportedScore,
    Standing,
    Submission,
    Tier,
)

# A provenance that is not named here has predictions from elsewhere, which we scored.
_TIERS: Final = {"hosted": Tier.RUN}
Printed = dict[str, list[float | None]]


def board_state(board: str, scorer: str) -> BoardState:
    """The state of a board under a scorer, made on first need."""
    return BoardState.objects.get_or_create(board=board, scorer=scorer)[0]


def write_lines(model: ModelEntry, release: Release, *, because: str) -> None:
    """Make the lines of a model on a release say what its standings say.

    A public submission that was withdrawn keeps a line, without figures, as its tombstone.
    `because` is what the audit log gives as the reason of every row that comes, changes or goes.
    """
    suite = SUITES[release.suite]
    before = rows_of(BoardLine.objects.filter(model=model))
    of_standing = Q(standing__submission__model=model, standing__submission__release=release)
    BoardLine.objects.filter(Q(model=model, release=release) | of_standing).delete()
    printed = _printed(model, suite)
    states = {one.name: board_state(release.board, one.name) for one in suite.scorers}
    BoardLine.objects.bulk_create(
        _scored_line(states[standing.scorer], standing, printed.get(standing.scorer, {}), suite)
        for standing in _shown_standings(model, release)
        if standing.scorer in states
    )
    write_reported_lines(model, suite)
    for state in states.values():
        refresh_state(state)
    note_changes(before, rows_of(BoardLine.objects.filter(model=model)), because=because)


def write_reported_lines(model: ModelEntry, suite: Suite) -> None:
    """Let what the authors printed stand on the suite's board until the model is scored there.

    Whoever calls it notes the change in the audit log.
    """
    BoardLine.objects.filter(model=model, part=Part.REPORTED).delete()
    printed = _printed(model, suite)
    scored = BoardLine.objects.filter(model=model, part__in=[Part.RANKED, Part.INCOMPLETE])
    for scorer, figures in printed.items():
        scored.filter(state__scorer=scorer).update(printed=figures)
    if scored.filter(state__board=suite.slug).exists():
        return
    for scorer, figures in printed.items():
        source = ReportedScore.objects.filter(model=model, scorer=scorer)
        BoardLine.objects.create(
            state=board_state(suite.slug, scorer),
            part=Part.REPORTED,
            tier=Tier.REPORTED,
            printed=figures,
            source=source.values_list("source", flat=True)[0],
            **_facts(model),
            **score_columns(suite, {task: value or 0.0 for task, (value, _) in figures.items()}),
        )


def refresh_lines(model: ModelEntry) -> None:
    """Find the model's lines by its facts as they are now; to be called when they change."""
    with transaction.atomic():
        lines = BoardLine.objects.filter(model=model)
        lock_boards(lines.values_list("state__board", flat=True))
        facts = {name: value for name, value in _facts(model).items() if name != "model"}
        lines.update(**facts)
        for state in BoardState.objects.filter(lines__model=model).distinct():
            refresh_state(state)
        # What a row said before is in the log alone: the model has its new facts already.
        note_changes({}, rows_of(lines), because="facts")


def refresh_state(state: BoardState) -> None:
    """Count a board's lines anew, and say that it changed."""
    counts: Counter[str] = Counter()
    licences = set()
    rows = BoardLine.objects.filter(state=state).values_list("part", "licence_key").order_by()
    for part, licence, number in rows.annotate(number=Count("pk")):
        counts[Part(part).label] += number
        licences.add(licence)
    BoardState.objects.filter(pk=state.pk).update(
        counts=dict(counts), licences=sorted(licences - {""}), version=F("version") + 1
    )


def _shown_standings(model: ModelEntry, release: Release) -> Iterable[Standing]:
    """The row on the board, and the withdrawn ones, of what was ever public."""
    return Standing.objects.filter(
        Q(is_on_board=True, submission__withdrawn_at=None)
        | Q(submission__withdrawn_at__isnull=False),
        submission__model=model,
        submission__release=release,
        submission__visibility=Submission.Visibility.PUBLIC,
    ).select_related("submission__release", "submission__model")


def _scored_line(
    state: BoardState, standing: Standing, printed: Printed, suite: Suite
) -> BoardLine:
    submission = standing.submission
    is_withdrawn = submission.withdrawn_at is not None
    part = Part.RANKED if standing.average is not None else Part.INCOMPLETE
    scores = {} if is_withdrawn else score_columns(suite, standing.means)
    return BoardLine(
        state=state,
        part=Part.WITHDRAWN if is_withdrawn else part,
        standing=standing,
        release=submission.release,
        tier=_TIERS.get(submission.provenance, Tier.RESCORED),
        submitted_at=submission.created_at,
        average=None if is_withdrawn else standing.average,
        printed={} if is_withdrawn else printed,
        **_facts(submission.model),
        **scores,
    )


def _facts(model: ModelEntry) -> dict[str, Any]:
    return {
        "model": model,
        # Case folding may lengthen a text.
        "name_key": model.name.casefold()[:240],
        "organization_key": model.organization.casefold()[:240],
        "licence_key": model.licence.casefold()[:160],
        "weights": model.weights,
        "parameters": model.parameters,
        "context_tokens": model.context_tokens,
    }


def score_columns(suite: Suite, scores: dict[str, float]) -> dict[str, float | None]:
    """A line's columns of scores, by column."""
    columns = zip(suite.slugs, SCORE_COLUMNS, strict=False)
    return {column: scores.get(task) for task, column in columns}


def _printed(model: ModelEntry, suite: Suite) -> dict[str, Printed]:
    """What the authors printed of a model, by scorer and task: a value, or a bound."""
    by_scorer: dict[str, Printed] = {}
    for score in ReportedScore.objects.filter(model=model, suite=suite.slug).order_by("pk"):
        by_scorer.setdefault(score.scorer, {})[score.task] = [score.value, score.below]
    return by_scorer
