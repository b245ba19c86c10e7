"""What commands share: their options, and how answers and errors look."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ibench.errors import BadUsage, IbenchError
from ibench.portal import Portal
from ibench.shapes import Submission
from ibench.text import percent, plain, table, write


def add_common(parser: argparse.ArgumentParser) -> None:
    """Let a command take a site, and answer in JSON."""
    parser.add_argument("--site", metavar="URL", help="instead of IBENCH_SITE")
    parser.add_argument("--json", action="store_true", help="print the server's answer as JSON")


def portal_of(options: argparse.Namespace) -> Portal:
    """The portal that the options and the environment name."""
    return Portal(options.site)


def named_values(given: Sequence[str], *, option: str) -> dict[str, str]:
    """NAME=VALUE, as often as an option was given.

    Raises:
        BadUsage: if one has no =.
    """
    found = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals:
            raise BadUsage(f"{option} {one}: there is no =.", fix="Write NAME=VALUE.")
        found[name] = value
    return found


def write_data(data: bytes, output: Path | None) -> None:
    """Put bytes into a file, or on standard output where none is named.

    Raises:
        BadUsage: if the file cannot be written.
    """
    if output is None:
        sys.stdout.buffer.write(data)
        return
    try:
        output.write_bytes(data)
    except OSError as error:
        reason = error.strerror or str(error)
        raise BadUsage(f"{output} cannot be written: {reason}.") from error
    write(f"{plain(output)}: {len(data)} bytes", sys.stderr)


def show_json(value: Any) -> None:
    """Print an answer for a program; escapes keep it safe on a terminal, too."""
    write(json.dumps(value, indent=1))


def show_error(error: IbenchError) -> None:
    """Say what went wrong, where, and what to do."""
    write(f"error: {plain(error.message)}", sys.stderr)
    for one in error.problems:
        line = f"line {one.line}" if one.line is not None else ""
        parts = [plain(one.file), line, plain(one.message)]
        write("  " + ": ".join(part for part in parts if part), sys.stderr)
        if one.fix:
            write(f"    {plain(one.fix)}", sys.stderr)
    if error.fix:
        write(plain(error.fix), sys.stderr)


def show_warning(warning: Mapping[str, Any]) -> None:
    """What intake found worth saying without refusing."""
    parts = [plain(warning[name]) for name in ("file", "found", "fix") if warning.get(name)]
    write("warning: " + ": ".join(parts))


def show_submission(one: Submission) -> None:
    """A submission's facts, then its scores by task and scorer in percent."""
    state = "withdrawn" if one["withdrawn_at"] else one["status"]
    write(f"{plain(one['model'])}  {plain(one['id'])}  {plain(state)}")
    write(plain(one["url"]))
    if failure := one["failure"]:
        write(f"failed: {plain(failure['reason'])}")
        write(plain(failure["hint"]))
    for warning in one["warnings"]:
        show_warning(warning)
    scorers = one["scorers"]
    if not scorers:
        return
    tasks = [task for task in one["tasks"] if any(task in row["tasks"] for row in scorers.values())]
    rows: list[list[object]] = [
        [task, *(percent(row["tasks"].get(task)) for row in scorers.values())] for task in tasks
    ]
    rows.append(["average", *(percent(row["average"]) for row in scorers.values())])
    rows.append(["rank", *(row["rank"] or "–" for row in scorers.values())])
    write(table(["task", *scorers], rows))
