"""Reads the lines of each text into the rows of its tasks, noting everything that is wrong."""

import difflib
from functools import partial
from typing import IO, NamedTuple

from submissions.intake.budget import Budget
from submissions.intake.decode import Flaw, decode_exactly, decode_line, is_inexact
from submissions.intake.fields import BadValue, ground_truth, read_id, read_prediction
from submissions.intake.formats import Peekable
from submissions.intake.lines import read_lines
from submissions.intake.members import Text
from submissions.intake.names import stem
from submissions.intake.parsed import ItemId, SuiteLike, TaskRows
from submissions.intake.problems import Place, ProblemList, StopFile, describe, shorten

_UTF8_MARK = b"\xef\xbb\xbf"
_FILE_PREFIX = "preds_"


class _Source(NamedTuple):
    """What the name of a text tells: the task, if it is one, and the bare name."""

    task: str | None
    stem: str


class RowReader:
    """Fills `tasks` from texts; predictions go to the spool, everything else stays small."""

    def __init__(
        self,
        suite: SuiteLike,
        spool: IO[bytes],
        *,
        problems: ProblemList,
        budget: Budget,
        repair: bool,
    ) -> None:
        self.tasks: dict[str, TaskRows] = {}
        self._suite = suite
        self._slugs = {slug.casefold(): slug for slug in suite.slugs}
        self._spool = spool
        self._spooled = spool.tell()
        self._problems = problems
        self._budget = budget
        self._repair = repair
        self._said: set[tuple[str, str]] = set()

    def take(self, text: Text) -> None:
        """Read one text to its end.  Raises: StopFile, Damaged, StopUpload."""
        self._check_start(text)
        source = self._source(text)
        limits, rows = self._budget.limits, 0
        for line, raw in read_lines(text.stream, line_bytes=limits.line_bytes):
            place = Place(text.file, line)
            self._budget.count_line(place, len(raw) if raw is not None else limits.line_bytes)
            if raw is None:
                limit = f"{limits.line_bytes:,}"
                self._problems.error("line-too-long", place, "more", limit=limit)
            elif raw and not raw.isspace():
                self._take_line(raw, place, source, is_first=not rows)
            else:
                continue
            rows += 1
        if not rows:
            self._problems.error("empty-file", Place(text.file), "no rows")

    def _check_start(self, text: Text) -> None:
        """Look at the first bytes for encodings that every line would stumble over."""
        head = text.stream.peek(4)
        if _looks_like_utf16(head):
            self._problems.error("utf-16", Place(text.file, 1), "UTF-16 or UTF-32 text")
            raise StopFile
        if head.startswith(_UTF8_MARK):
            self._problems.error("byte-order-mark", Place(text.file, 1), "EF BB BF before the text")
            _read_exactly(text.stream, len(_UTF8_MARK))

    def _take_line(self, raw: bytes, place: Place, source: _Source, *, is_first: bool) -> None:
        if b"\0" in raw:
            self._problems.error("nul-bytes", place, f"a NUL at byte {raw.index(0) + 1}")
            raise StopFile
        if is_first and raw.strip() in (b"[", b"{"):
            found = f"a line with only {raw.strip().decode()}"
            self._problems.error("not-json-lines", place, found)
            raise StopFile
        try:
            value = decode_line(raw)
        except Flaw as flaw:
            if not (self._repair and flaw.code == "text-after-object"):
                self._problems.error(flaw.code, place, flaw.found)
                return
            self._problems.warn(flaw.code, place, flaw.found)
            value = flaw.leading
        self._take_value(value, raw, place, source)

    def _take_value(self, value: object, raw: bytes, place: Place, source: _Source) -> None:
        if not isinstance(value, dict):
            self._problems.error("not-an-object", place, describe(value))
            return
        task = self._task_of_row(value, place, source)
        fields = self._fields(value, place)
        if task is None or not self._owns(task, place) or fields is None:
            return
        fingerprint = self._fingerprint(task, value, raw, place)
        self._store(task, place, *fields, fingerprint)

    def _fields(self, row: dict[str, object], place: Place) -> tuple[ItemId, bytes] | None:
        """The id and the prediction of a row, both judged even when the first is wrong."""
        chars = self._budget.limits.id_chars
        try:
            item_id, is_good = read_id(row, chars=chars), True
        except BadValue as bad:
            item_id, is_good = None, False
            self._problems.error(bad.code, place, bad.found, advice=bad.advice, chars=chars)
        try:
            prediction = read_prediction(row)
        except BadValue as bad:
            self._problems.error(bad.code, place, bad.found, advice=bad.advice)
            return None
        return (item_id, prediction) if is_good else None

    def _fingerprint(
        self, task: str, row: dict[str, object], raw: bytes, place: Place
    ) -> bytes | None:
        answer = ground_truth(row)
        if is_inexact(answer):
            answer = _exact_ground_truth(raw, answer)
        if answer is None:
            return None
        try:
            return self._suite.answer_fingerprint(task, answer)
        except RecursionError:
            self._problems.error("too-deep", place, "a ground truth nested too deep to read")
            return None

    def _store(
        self,
        task: str,
        place: Place,
        item_id: ItemId,
        prediction: bytes,
        fingerprint: bytes | None,
    ) -> None:
        rows = self.tasks[task]
        rows.ids.append(item_id)
        rows.lines.append(place.line or 0)
        rows.fingerprints.append(fingerprint)
        rows.offsets.append(self._spooled)
        rows.lengths.append(len(prediction))
        self._spool.write(prediction)
        self._spooled += len(prediction)

    def _owns(self, task: str, place: Place) -> bool:
        """Whether this file is the one that has the task: the first in which it is met."""
        rows = self.tasks.setdefault(task, TaskRows(task, place.file, spool=self._spool))
        if rows.file == place.file:
            return True
        self._say_once("duplicate-task", place, f'task "{task}"', key=task, first=rows.file)
        return False

    def _source(self, text: Text) -> _Source:
        name = stem(text.name)
        return _Source(self._slugs.get(name.casefold().removeprefix(_FILE_PREFIX)), name)

    def _task_of_row(self, row: dict[str, object], place: Place, source: _Source) -> str | None:
        given = row.get("task")
        if given is None:
            if source.task is None:
                self._say_no_task(place, source.stem)
            return source.task
        task = self._slugs.get(given.casefold()) if isinstance(given, str) else None
        if task is None:
            advice = partial(self._nearest, given if isinstance(given, str) else "")
            self._say_once("unknown-task", place, describe(given), advice=advice)
        elif source.task not in (None, task):
            self._say_once("task-conflict", place, describe(given), task=source.task)
        return task

    def _say_no_task(self, place: Place, name: str) -> None:
        slug = name.casefold().removeprefix(_FILE_PREFIX)
        code = "unknown-task" if slug != name.casefold() else "no-task"
        found = f'the file name "{shorten(name, 40)}"'
        self._say_once(code, place, found, advice=partial(self._nearest, slug))

    def _say_once(
        self, code: str, place: Place, found: str, *, key: str = "", **details: object
    ) -> None:
        """Note a problem that many lines of a file share at the first of them only."""
        said = (place.file, code + (key or found))
        if said not in self._said:
            self._said.add(said)
            self._problems.error(code, place, found, **details)

    def _nearest(self, name: str) -> str:
        near = difflib.get_close_matches(name[:80].casefold(), self._slugs, 1, 0.5)
        known = ", ".join(sorted(self._slugs.values()))
        return f'Did you mean "{self._slugs[near[0]]}"?' if near else f"The tasks are {known}."


def _exact_ground_truth(raw: bytes, answer: object) -> object:
    """The ground truth with all its digits; `answer` where the line cannot be read that way."""
    try:
        row = decode_exactly(raw)
    except Flaw as flaw:
        row = flaw.leading
    return ground_truth(row) if isinstance(row, dict) else answer


def _looks_like_utf16(head: bytes) -> bool:
    has_mark = head[:2] in (b"\xff\xfe", b"\xfe\xff")
    return has_mark or head[:2] in (b"{\0", b"\0{", b"[\0", b"\0[")


def _read_exactly(stream: Peekable, size: int) -> None:
    while size > 0 and (data := stream.read(size)):
        size -= len(data)
