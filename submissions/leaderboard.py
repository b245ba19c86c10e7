"""Reads the board: the rows that page, API and exports show alike.

`read_board` gives a page of rows, `board_rows` all of them one after the other.  Ranks are read,
never computed: a row's rank was stored with its scores.  A page takes at most five queries and
reads no more rows than it shows, however long the board is; only a search by a regular expression
takes a sixth, which reads the names of the board's models.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Q, QuerySet

from scoring import SUITES
from submissions.board_query import BoardQuery, Cursor
from submissions.keyset import VALUE, Order, read_page
from submissions.line_rows import Fetched, RowMaker, columns, fetched
from submissions.models import SCORE_COLUMNS, SORT_COLUMNS, BoardLine, BoardState, Part, Release
from submissions.remembered import cache
from submissions.rows import Board, BoardRow, HowSure, name_tracks
from submissions.search import NAME_COLUMNS, search_condition

PAGE_ROWS: Final = 100
# The other parts of the board stand on its first page where they are no longer than this.
MOST_OTHERS: Final = 40
_CHUNK: Final = 500
_CACHE_SECONDS: Final = 24 * 60 * 60


class NotOnBoard(LookupError):
    """No board has this scorer, track or release; `known` are those that there are."""

    def __init__(self, parameter: str, value: str, known: tuple[str, ...]) -> None:
        self.parameter = parameter
        self.known = known
        super().__init__(f"no {parameter} {value!r}: there are {', '.join(known) or 'none'}")


@dataclass(frozen=True, slots=True)
class States:
    """The states of one track's boards by scorer: all that an unchanged page reads."""

    by_scorer: dict[str, BoardState]

    def version(self, scorer: str) -> int:
        """Rises with every change of the board under that scorer; 0 while it has no row."""
        state = self.by_scorer.get(scorer)
        return state.version if state else 0

    @property
    def versions(self) -> str:
        """Changes whenever any of them does."""
        return ".".join(f"{one.pk}-{one.version}" for one in self.by_scorer.values())


def read_states(board: str) -> States:
    """Read the versions of a track's boards, in one query that touches no row of them."""
    states = BoardState.objects.filter(board=board).order_by("pk")
    return States({state.scorer: state for state in states})


def read_board(
    query: BoardQuery,
    *,
    states: States | None = None,
    limit: int = PAGE_ROWS,
    is_whole: bool = True,
) -> Board:
    """Read a page of the board, in at most five queries.

    Args:
        query: what is asked for, and from which place on.
        states: as `read_states` gave them, where they were read before.
        limit: how many rows a page has.
        is_whole: whether rows have the intervals of their tasks and their other averages.

    Raises:
        NotOnBoard: if the query names a scorer, track or release that there is not.
    """
    states = states or read_states(query.board)
    releases = tuple(Release.objects.filter(suite=query.suite))
    chosen = _check(query, releases)
    own = tuple(one for one in releases if one.board == query.board)
    tracks = name_tracks(query.suite, releases)
    state = states.by_scorer.get(query.scorer)
    if state is None:
        return Board(
            query=query,
            rows=(),
            counts={},
            tracks=tracks,
            releases=own,
            reported_elsewhere=_elsewhere(states, query.scorer),
        )
    condition, problems = _condition(query, chosen)
    lines = BoardLine.objects.filter(condition, state=state)
    counts = _count(lines) if query.is_filtered else state.counts
    found = _Reader(query, lines, counts, limit, is_whole=is_whole)
    suite = SUITES[query.suite]
    maker = RowMaker(suite, query.scorer)
    shown = [line for line in found.read() if line.is_shown]
    return Board(
        query=query,
        rows=tuple(maker.row(line) for line in shown),
        counts={
            part: number for part, number in counts.items() if not query.part or part == query.part
        },
        next=found.next,
        previous=found.previous,
        tracks=tracks,
        releases=own,
        licences=tuple(state.licences),
        notes=tuple(maker.notes),
        problems=(*query.problems, *problems),
        reported_source=next((line.source for line in shown if line.part == Part.REPORTED), ""),
        reported_elsewhere=_elsewhere(states, query.scorer),
        version=state.version,
        how_sure=_how_sure(state),
    )


def board_rows(query: BoardQuery) -> Iterator[tuple[int, BoardRow]]:
    """Every row that a query asks for in its order, each with the board's version.

    One statement, read piece by piece: what changes meanwhile is not seen, and the memory that
    it takes does not grow with the board.

    Raises:
        NotOnBoard: as `read_board`.
    """
    chosen = _check(query, tuple(Release.objects.filter(suite=query.suite)))
    order = _order(query)
    lines = BoardLine.objects.filter(
        _condition(query, chosen)[0], state__board=query.board, state__scorer=query.scorer
    )
    if query.part:
        lines = lines.filter(part=_part(query.part))
    return _each(query, order.with_value(lines.order_by("part", *order.with_missing_last())))


def _each(query: BoardQuery, lines: QuerySet[BoardLine]) -> Iterator[tuple[int, BoardRow]]:
    suite = SUITES[query.suite]
    rows = lines.values_list(*columns(suite, is_whole=True), VALUE, "state__version")
    maker = RowMaker(suite, query.scorer)
    for *fields, version in rows.iterator(chunk_size=_CHUNK):
        line = fetched(fields, is_whole=True)
        if line.is_shown:
            yield version, maker.row(line)


def count_models(states: States) -> int:
    """How many models have a row on a track's boards, under whichever scorer.

    Counted in one query that reads every row, and remembered until one changes.
    """
    key = f"models-{states.versions}"
    known: int | None = cache.get(key)
    if known is not None:
        return known
    lines = BoardLine.objects.filter(state__in=states.by_scorer.values())
    lines = lines.exclude(part=Part.WITHDRAWN)
    number: int = lines.aggregate(models=Count("model", distinct=True))["models"] or 0
    cache.set(key, number, _CACHE_SECONDS)
    return number


def read_model_row(query: BoardQuery, slug: str) -> BoardRow | None:
    """A model's best ranked row, in one query; None if it has none."""
    lines = BoardLine.objects.filter(
        state__board=query.board,
        state__scorer=query.scorer,
        part=Part.RANKED,
        model__slug=slug,
    )
    suite = SUITES[query.suite]
    names = columns(suite, is_whole=False)
    rows = lines.order_by("-average", "pk").values_list(*names, "average")[:1]
    maker = RowMaker(suite, query.scorer)
    found = (fetched(row, is_whole=False) for row in rows)
    return next((maker.row(line) for line in found if line.is_shown), None)


class _Reader:
    """Reads the lines of one page: a part's page, and the other parts where they are short."""

    def __init__(
        self,
        query: BoardQuery,
        lines: QuerySet[BoardLine],
        counts: dict[str, int],
        limit: int,
        *,
        is_whole: bool,
    ) -> None:
        self._query = query
        self._lines = lines
        self._counts = counts
        self._limit = limit
        self._is_whole = is_whole
        self._columns = columns(SUITES[query.suite], is_whole=is_whole)
        self.next: Cursor | None = None
        self.previous: Cursor | None = None

    def read(self) -> list[Fetched]:
        part = self._query.part or self._first_part()
        page = read_page(
            self._lines.filter(part=_part(part)),
            _order(self._query),
            columns=self._columns,
            is_whole=self._is_whole,
            may_lack_values=part != Part.RANKED.label,
            cursor=self._query.cursor,
            limit=self._limit,
        )
        self.next, self.previous = page.next, page.previous
        return [*page.lines, *self._others(part)]

    def _first_part(self) -> str:
        return next((one for one in Part.labels if self._counts.get(one)), Part.RANKED.label)

    def _others(self, shown: str) -> list[Fetched]:
        """The other parts, if nobody asked for one and they are short."""
        others = {one: number for one, number in self._counts.items() if one != shown and number}
        if self._query.part or self._query.cursor or not others:
            return []
        if sum(others.values()) > MOST_OTHERS:
            return []
        order = _order(self._query)
        lines = self._lines.exclude(part=_part(shown))
        rows = lines.order_by("part", *order.with_missing_last())
        found = order.with_value(rows).values_list(*self._columns, VALUE)
        return [fetched(row, is_whole=self._is_whole) for row in found[:MOST_OTHERS]]


def _part(label: str) -> int:
    return Part.values[Part.labels.index(label)]


def _order(query: BoardQuery) -> Order:
    tasks = SUITES[query.suite].slugs
    column = SORT_COLUMNS.get(query.sort) or SCORE_COLUMNS[tasks.index(query.sort)]
    # The best rank is the highest average.
    return Order(column, is_descending=query.is_descending != (query.sort == "rank"))


def _check(query: BoardQuery, releases: tuple[Release, ...]) -> Release | None:
    """The release that the query names, if it names one."""
    suite = SUITES[query.suite]
    scorers = tuple(one.name for one in suite.scorers)
    if query.scorer not in scorers:
        raise NotOnBoard("scorer", query.scorer, scorers)
    tracks = {query.suite, *(one.board for one in releases)}
    if query.board not in tracks:
        raise NotOnBoard("track", query.board, tuple(sorted(tracks)))
    names = {one.name: one for one in releases if one.board == query.board}
    if query.release is not None and query.release not in names:
        raise NotOnBoard("release", query.release, tuple(names))
    return names[query.release] if query.release else None


def _condition(query: BoardQuery, release: Release | None) -> tuple[Q, tuple[str, ...]]:
    """What lines must satisfy; and what of the search was not understood."""
    lines = BoardLine.objects.filter(state__board=query.board, state__scorer=query.scorer)
    names = lines.order_by().values_list("model", *NAME_COLUMNS).distinct()
    condition, problems = search_condition(query.q, names.iterator)
    wanted = {
        "release": release,
        "weights": query.weights,
        "licence_key__in": query.licences,
        "tier__in": query.tiers,
        "parameters__gte": query.params_min,
        "parameters__lte": query.params_max,
        "context_tokens__gte": query.context_min,
        "context_tokens__lte": query.context_max,
    }
    for lookup, value in wanted.items():
        if value not in (None, "", ()):
            condition &= Q(**{lookup: value})
    return condition, problems


def _count(lines: QuerySet[BoardLine]) -> dict[str, int]:
    found = lines.order_by().values_list("part").annotate(number=Count("pk"))
    return {Part(part).label: number for part, number in found}


def _elsewhere(states: States, scorer: str) -> dict[str, int]:
    """How many reported rows stand under other scorers only."""
    return {
        other: number
        for other, state in states.by_scorer.items()
        if other != scorer and (number := state.counts.get(Part.REPORTED.label, 0))
    }


def _how_sure(state: BoardState) -> HowSure | None:
    if state.computed_at is None:
        return None
    return HowSure(
        is_current=state.computed >= state.wanted,
        computed_at=state.computed_at,
        ranked=state.ranked,
        seed=state.seed,
        is_covariance_full=state.is_covariance_full,
        are_clusters_known=state.are_clusters_known,
    )
