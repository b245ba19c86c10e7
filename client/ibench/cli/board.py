"""`ibench board`, `compare`, `export` and `prompts`: what is there to read."""

import argparse
import sys
from pathlib import Path
from typing import Any

from ibench.cli.show import add_common, named_values, portal_of, show_json, write_data
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
    text = "what the portal's workers sent, as JSON lines"
    prompts = commands.add_parser("prompts", help=text, description=text)
    prompts.add_argument("id", metavar="ID", help="a submission that was run on the portal")
    prompts.add_argument("--texts", action="store_true", help="prompts in place of their hashes")
    prompts.add_argument("-o", "--output", type=Path, metavar="FILE", help="default: print it")
    prompts.add_argument("--site", metavar="URL", help="instead of IBENCH_SITE")
    prompts.set_defaults(run=_prompts)


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
    return {**filters, **named_values(options.filter, option="--filter")}


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
    is_shown = options.output is None and sys.stdout.isatty()
    if options.format == "parquet" and is_shown:
        raise BadUsage("Parquet is no text for a terminal.", fix="Name a file: -o FILE")
    write_data(data, options.output)
    return 0


def _prompts(options: argparse.Namespace) -> int:
    with portal_of(options) as portal:
        write_data(portal.prompts(options.id, texts=options.texts), options.output)
    return 0
