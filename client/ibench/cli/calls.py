"""Commands that are one call of the portal each, and how what it answers is shown."""

import argparse
from collections.abc import Callable
from typing import Any

from ibench.cli.show import add_common, portal_of, show_json, show_submission
from ibench.portal import Portal
from ibench.text import plain, table, write

Call = Callable[[Portal, argparse.Namespace], Any]


def add_group(commands: Any, name: str, text: str) -> Any:
    """A command that has commands of its own."""
    group = commands.add_parser(name, help=text, description=text)
    return group.add_subparsers(required=True, metavar="ACTION")


def add_call(commands: Any, name: str, text: str, call: Call) -> Any:
    """A command that is one call of the portal."""
    parser = commands.add_parser(name, help=text, description=text)
    add_common(parser)
    parser.set_defaults(run=lambda options: _run(call, options))
    return parser


def of_id(method: Callable[[Portal, str], Any]) -> Call:
    """A call that takes the id alone."""
    return lambda portal, options: method(portal, options.id)


def _run(call: Call, options: argparse.Namespace) -> int:
    with portal_of(options) as portal:
        found = call(portal, options)
    if options.json:
        show_json(found)
    elif isinstance(found, list):
        _show_rows(found)
    elif isinstance(found, dict):
        show_submission(found) if "scorers" in found else _show_facts(found)  # type: ignore[arg-type]
    else:
        write("Done.")
    return 0


def _show_facts(found: dict[str, Any]) -> None:
    for name, value in found.items():
        if not isinstance(value, dict | list) or value:
            write(f"{plain(name)}: {plain(value)}")


def _show_rows(found: list[dict[str, Any]]) -> None:
    if not found:
        write("None.")
        return
    names = [name for name, value in found[0].items() if not isinstance(value, dict | list)]
    write(table(names, [[plain(one[name]) for name in names] for one in found], right=len(names)))
