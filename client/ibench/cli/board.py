"""`ibench board`, `compare` and `export`: what everybody may read."""

import argparse
import sys
from pathlib import Path
from typing import Any

from ibench.cli.show import add_common, portal_of, show_json
from ibench.errors import BadUsage
from ibench.text import percent, plain, signed, table, write

_KINDS = ("csv", "json", "parquet", "tex", "md")


def add_commands(commands: Any) -> None:
    """Add this room's commands."""
    board = commands.add_parser("board", help="show the board")
    _add_filters(board)
    add_common(board)
    board.set_defaults(run=_board)
    compare = commands.add_parser("compare", help="two to six submissions side by side")
    compare.add_argument("ids", nargs="+", metavar="ID")
    compare.add_argument("--scorer", metavar="NAME")
    add_common(compare)
    compare.set_defaults(run=_compare)
    export = commands.add_parser("export", help="the board as a file")
    export.add_argument("--format", choices=_KINDS, default="csv")
    export.add_argument("-o", "--output", type=Path, metavar="FILE", help="default: print it")
    _add_filters(export)
    export.add_argument("--site", metavar="URL", help="instead of IBENCH_SITE")
    export.set_defaults(run=_export)


def _add_filters(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--scorer", metavar="NAME", help="whose rules the scores follow")
    parser.add_argument("--release", metavar="NAME", help="only rows of this release")
    parser.add_argument(
        "--filter",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="any filter of the board's page; may be repeated",
    )


def _filters(options: argparse.Namespace) -> dict[str, str | None]:
    filters: dict[str, str | None] = {"scorer": options.scorer, "release": options.release}
    for one in options.filter:
        name, equals, value = one.partition("=")
        if not equals:
            raise BadUsage(f"--filter {one}: there is no =.", fix="Write NAME=VALUE.")
        filters[name] = value
    return filters


def _board(options: argparse.Namespace) -> int:
    with portal_of(options) as portal:
        found = portal.board(**_filters(options))
    if options.json:
        show_json(found)
        return 0
    rows = [
        [
            one["rank"] or "–",
            one["model_name"],
            percent(one["average"]),
            f"{percent(one['low'])}–{percent(one['high'])}" if one.get("low") is not None else "",
        ]
        for one in found["rows"]
    ]
    write(f"{plain(found['suite'])} under {plain(found['scorer'])}, percent")
    write(table(["rank", "model", "average", "95 %"], rows, right=2))
    return 0


def _compare(options: argparse.Namespace) -> int:
    if not 2 <= len(options.ids) <= 6:
        raise BadUsage("Name two to six submissions.", fix="ibench compare ID ID")
    with portal_of(options) as portal:
        found = portal.compare(options.ids, scorer=options.scorer)
    show_json(found) if options.json else _show_comparison(found)
    return 0


def _show_comparison(found: dict[str, Any]) -> None:
    """Each task's scores and differences in percent; * where they are told apart."""
    names = [side["name"] for side in found["sides"]]
    rows: list[list[object]] = []
    for row in found["rows"]:
        differences = [_difference(pairing["difference"]) for pairing in row["pairings"]]
        rows.append([row["task"], *map(percent, row["scores"]), *differences])
    write(table(["task", *names, *(f"{name} less {names[0]}" for name in names[1:])], rows))
    for overall in found["overalls"]:
        if overall is not None:
            write(_verdict(overall))


def _difference(difference: dict[str, Any] | None) -> str:
    if difference is None:
        return "–"
    mark = "*" if difference.get("is_told_apart") else ""
    return f"{signed(difference['value'])}{mark}"


def _verdict(overall: dict[str, Any]) -> str:
    ends = f"{signed(overall['low'])} to {signed(overall['high'])}"
    first, later = plain(overall["first"]), plain(overall["later"])
    words = "they are told apart" if overall["is_told_apart"] else "they cannot be told apart"
    return f"{later} less {first}: {signed(overall['value'])} (95 %: {ends}); {words}."


def _export(options: argparse.Namespace) -> int:
    with portal_of(options) as portal:
        data = portal.export(options.format, **_filters(options))
    if options.output is None:
        if options.format == "parquet" and sys.stdout.isatty():
            raise BadUsage("Parquet is no text for a terminal.", fix="Name a file: -o FILE")
        sys.stdout.buffer.write(data)
        return 0
    try:
        options.output.write_bytes(data)
    except OSError as error:
        reason = error.strerror or str(error)
        raise BadUsage(f"{options.output} cannot be written: {reason}.") from error
    write(f"{plain(options.output)}: {len(data)} bytes", sys.stderr)
    return 0
