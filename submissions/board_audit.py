"""What the audit log says of the board's rows, and whether the board says the same."""

from collections.abc import Mapping
from typing import Any, Final

from django.db.models import QuerySet

from audit.log import append
from scoring import SUITES
from submissions.models import SCORE_COLUMNS, BoardLine, Part

BOARD_KIND: Final = "board"
Row = dict[str, Any]
# Board, scorer, and what stands there: a submission's id, or "reported" and a model's address.
Key = tuple[str, str, str]
Rows = dict[Key, Row]


# Only what an entry holds, so that the migration that begins the log can read the tables as they
# are before later migrations give them more columns.
_READ: Final = (
    "part", "tier", "submitted_at", "average", "printed", "source", *SCORE_COLUMNS,
    "state__board", "state__scorer", "release__name", "release__suite",
    *(f"model__{name}" for name in ("slug", "name", "organization", "weights", "licence")),
    "model__parameters", "model__context_tokens", "standing__submission__public_id",
)  # fmt: skip


def rows_of(lines: "QuerySet[BoardLine]") -> Rows:
    """Lines as the log writes them: everything that a row shows but its rank and intervals,
    which follow from all rows together.
    """
    related = lines.select_related("state", "model", "release", "standing__submission")
    return dict(_row(line) for line in related.only(*_READ).order_by("pk"))


def note_changes(before: Rows, after: Rows, *, because: str) -> None:
    """Write one entry of all rows that came, changed or went, if there are any.

    Call it in the transaction of the change.
    """
    keys = sorted(before.keys() | after.keys())
    changed = [
        {**names_of(key), "row": after.get(key)}
        for key in keys
        if before.get(key) != after.get(key)
    ]
    if changed:
        subjects = sorted({after.get(key, before.get(key, {}))["model"] for key in keys})
        append(
            BOARD_KIND,
            subject=", ".join(f"model {slug}" for slug in subjects),
            detail={"because": str(because), "rows": changed},
        )


def replay(rows: Rows, detail: Mapping[str, Any]) -> None:
    """Bring `rows` to what an entry says of the board."""
    for change in detail["rows"]:
        key = (change["board"], change["scorer"], change["place"])
        if change["row"] is None:
            rows.pop(key, None)
        else:
            rows[key] = change["row"]


def names_of(key: Key) -> dict[str, str]:
    """A key's parts by their names in an entry."""
    return dict(zip(("board", "scorer", "place"), key, strict=True))


def _row(line: BoardLine) -> tuple[Key, Row]:
    standing, model, release = line.standing, line.model, line.release
    submission = standing.submission if standing else None
    place = f"submission {submission.public_id}" if submission else f"reported {model.slug}"
    row = {
        "model": model.slug,
        "name": model.name,
        "organization": model.organization,
        "weights": model.weights,
        "licence": model.licence,
        "parameters": _text(model.parameters),
        "context_tokens": _text(model.context_tokens),
        "part": Part(line.part).label,
        "tier": line.tier,
        "release": release.name if release else None,
        "submitted_at": line.submitted_at.isoformat() if line.submitted_at else None,
        "average": _text(line.average),
        "scores": _scores(line),
        "printed": {
            task: [_text(value), _text(below)] for task, (value, below) in line.printed.items()
        },
        "source": line.source,
    }
    return (line.state.board, line.state.scorer, place), row


def _scores(line: BoardLine) -> dict[str, str]:
    suite = SUITES.get(line.release.suite if line.release else line.state.board)
    if suite is None:
        return {}
    columns = zip(suite.slugs, SCORE_COLUMNS, strict=False)
    values = ((slug, getattr(line, column)) for slug, column in columns)
    return {slug: repr(value) for slug, value in values if value is not None}


def _text(number: float | None) -> str | None:
    """A number so that every language reads the same: an entry holds no fractions."""
    return None if number is None else repr(number)
