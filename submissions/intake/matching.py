"""Pairs the rows of an upload with the examples of a release, or says why it cannot.

A wrong pairing would give a wrong score without anybody noticing, so in doubt it refuses.
"""

from collections.abc import Sequence

from submissions.intake.keys import AlignedTask, Alignment, ItemSetKey, ReleaseKey
from submissions.intake.parsed import ParsedUpload, TaskRows
from submissions.intake.problems import Place, ProblemList, Refused, describe
from submissions.intake.readings import Reading, is_undecided, possible_readings
from submissions.limits import AGREEMENT_REQUIRED, PROBLEMS_SHOWN

_POSITIONS_NAMED = 5


def recognise_release(
    parsed: ParsedUpload, releases: Sequence[ReleaseKey], *, preferred: str | None
) -> str:
    """The name of the release that an upload was made on, most likely.

    Decided by the number of tasks that fit, then by ground truths that agree; a tie goes to
    `preferred`, then to the release given first.  `align` still judges the choice.

    Raises: ValueError without a release.
    """
    if not releases:
        raise ValueError("there is no release to choose from")

    def rank(release: ReleaseKey) -> tuple[int, int, bool]:
        best = [_best_sound(rows, release) for rows in parsed.tasks.values()]
        sound = [reading for reading in best if reading is not None]
        matched = sum(reading.matched for reading in sound)
        return len(sound), matched, release.name == preferred

    return max(releases, key=rank).name


def align(
    parsed: ParsedUpload, release: ReleaseKey, *, others: Sequence[ReleaseKey] = ()
) -> Alignment:
    """Find for every example of `release` the row that answers it.

    Args:
        parsed: The upload.
        release: What it is to be scored on.
        others: Further releases, named in a refusal when the upload fits them instead.

    Raises: Refused, with every problem of every task.
    """
    problems = ProblemList(PROBLEMS_SHOWN)
    aligner = _Aligner(release, others, problems)
    tasks = {task: aligner.align_task(rows) for task, rows in parsed.tasks.items()}
    problems.refuse_if_any(Refused)
    missing = [task for task in release.item_sets if task not in tasks]
    if missing:
        found = f"{len(tasks)} tasks; none of " + ", ".join(missing)
        problems.warn("missing-tasks", Place("upload"), found, count=len(release.item_sets))
    aligned = {task: paired for task, paired in tasks.items() if paired is not None}
    return Alignment(release.name, aligned, problems.warnings)


class _Aligner:
    """Aligns one task after the other, noting problems instead of raising them."""

    def __init__(
        self, release: ReleaseKey, others: Sequence[ReleaseKey], problems: ProblemList
    ) -> None:
        self._release = release
        self._others = [other for other in others if other.name != release.name]
        self._problems = problems

    def align_task(self, rows: TaskRows) -> AlignedTask | None:
        """The pairing of one task; None when it is refused."""
        where = Place(rows.file)
        items = self._release.item_sets.get(rows.task)
        if items is None:
            self._error("no-such-task-in-release", where, f'task "{rows.task}"')
            return None
        readings = possible_readings(rows, items)
        if not readings:
            found = f"{len(rows)} rows without ids"
            self._error("wrong-item-set", where, found, count=len(items))
            return None
        if is_undecided(readings):
            found = "ids that fit the positions and the source ids, and name different examples"
            self._error("ambiguous-ids", where, found, count=len(items))
            return None
        return self._pair(rows, items, readings[0])

    def _pair(self, rows: TaskRows, items: ItemSetKey, reading: Reading) -> AlignedTask | None:
        if not reading.agrees or reading.known < AGREEMENT_REQUIRED * len(rows):
            self._refuse_release(rows, reading)
            return None
        paired: list[int | None] = [None] * len(items)
        for row, position in enumerate(reading.positions):
            where = Place(rows.file, rows.lines[row])
            if position is None:
                self._error("unknown-id", where, describe(rows.ids[row]))
            elif (first := paired[position]) is not None:
                line = rows.lines[first]
                self._error("duplicate-id", where, describe(rows.ids[row]), first=line)
            else:
                paired[position] = row
        self._warn_of_differences(rows, items, reading)
        self._warn_of_gaps(rows, paired)
        return AlignedTask(rows.task, paired, reading.matched, reading.compared)

    def _refuse_release(self, rows: TaskRows, reading: Reading) -> None:
        unknown = [row for row, position in enumerate(reading.positions) if position is None]
        found = f"{reading.matched} of {reading.compared} ground truths agree"
        line = None
        if unknown:
            line = rows.lines[unknown[0]]
            found = f"{len(unknown)} of {len(rows)} ids are not in it; {found}"
        advice = self._fitting_releases(rows) or "Check which data the predictions were made on."
        share = f"{AGREEMENT_REQUIRED:.0%}"
        self._error("wrong-release", Place(rows.file, line), found, advice=advice, share=share)

    def _fitting_releases(self, rows: TaskRows) -> str:
        """Advice that names the other releases this task fits; empty when there is none."""
        fits = [(other.name, _best_sound(rows, other)) for other in self._others]
        named = [
            f"{name} ({best.matched} of {best.compared} agree)" if best.compared else name
            for name, best in fits
            if best is not None
        ]
        return f"Submit to a release that it fits: {', '.join(named)}." if named else ""

    def _warn_of_differences(self, rows: TaskRows, items: ItemSetKey, reading: Reading) -> None:
        differing = [
            row
            for row, position in enumerate(reading.positions)
            if position is not None
            and items.fingerprints[position] is not None
            and rows.fingerprints[row] not in (None, items.fingerprints[position])
        ]
        if differing:
            found = f"{len(differing)} of {reading.compared} ground truths differ"
            where = Place(rows.file, rows.lines[differing[0]])
            self._problems.warn("answers-differ", where, found, release=self._release.name)

    def _warn_of_gaps(self, rows: TaskRows, paired: list[int | None]) -> None:
        missing = [position for position, row in enumerate(paired) if row is None]
        if missing:
            named = ", ".join(str(position) for position in missing[:_POSITIONS_NAMED])
            more = ", …" if len(missing) > _POSITIONS_NAMED else ""
            found = f"{len(missing)} without a row: positions {named}{more}"
            self._problems.warn("missing-ids", Place(rows.file), found, count=len(paired))

    def _error(self, code: str, place: Place, found: str, **details: object) -> None:
        self._problems.error(code, place, found, release=self._release.name, **details)


def _best_sound(rows: TaskRows, release: ReleaseKey) -> Reading | None:
    """The reading of `rows` in a release if there is one that is certain and fits."""
    items = release.item_sets.get(rows.task)
    readings = possible_readings(rows, items) if items is not None else []
    if not readings or is_undecided(readings) or not readings[0].is_sound:
        return None
    return readings[0]
