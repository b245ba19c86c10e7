"""`ibench submit`, `status`, `watch` and `runs`: one's own work on the portal."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tqdm import tqdm

from ibench.cli.show import (
    add_common,
    named_values,
    portal_of,
    show_json,
    show_submission,
    show_warning,
)
from ibench.journal import Ticker
from ibench.shapes import DryRun, Submission
from ibench.text import percent, plain, table, write

_FAILED = 1
_TEXTS = ("organization", "link", "licence", "release", "note")


def add_commands(commands: Any) -> None:
    """Add this room's commands."""
    _add_submit(commands.add_parser("submit", help="send prediction files to be scored"))
    status = commands.add_parser("status", help="show submissions; without ids, your own")
    status.add_argument("ids", nargs="*", metavar="ID")
    add_common(status)
    status.set_defaults(run=_status)
    watch = commands.add_parser("watch", help="wait until a submission is scored")
    watch.add_argument("id", metavar="ID")
    _add_timeout(watch)
    add_common(watch)
    watch.set_defaults(run=_watch)
    runs = commands.add_parser("runs", help="show your hosted runs; with an id, one of them")
    runs.add_argument("id", nargs="?", metavar="ID")
    add_common(runs)
    runs.set_defaults(run=_runs)


def _add_submit(submit: argparse.ArgumentParser) -> None:
    add_upload_options(submit)
    submit.add_argument("--visibility", choices=["public", "unlisted", "private"])
    submit.add_argument("--dry-run", action="store_true", help="check only; nothing is stored")
    submit.add_argument("--wait", action="store_true", help="watch until it is scored")
    submit.add_argument(
        "--idempotency-key", metavar="KEY", help="of two requests with it, one is stored"
    )
    add_common(submit)
    submit.set_defaults(run=_submit)


def add_upload_options(parser: argparse.ArgumentParser) -> None:
    """Let a command take files, what is said of them and of their model, and a patience."""
    parser.add_argument("files", nargs="+", metavar="FILE", help=".jsonl, .gz, .zip or .tar")
    parser.add_argument("--model", required=True, metavar="NAME")
    for name in _TEXTS:
        parser.add_argument(f"--{name}", metavar="TEXT")
    parser.add_argument("--parameters", type=int, metavar="N", help="number of parameters")
    parser.add_argument("--context-tokens", type=int, metavar="N")
    parser.add_argument("--weights", choices=["open", "closed"])
    parser.add_argument("--drop-first-number", action="store_true")
    parser.add_argument(
        "--declare",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="prompt, decoding, truncation or contamination, and …_note; may be repeated",
    )
    _add_timeout(parser)


def upload_fields(options: argparse.Namespace) -> dict[str, Any]:
    """What was said of files and their model, as the API names it."""
    fields: dict[str, Any] = {name: getattr(options, name) for name in _TEXTS}
    return {
        **fields,
        "parameters": options.parameters,
        "context_tokens": options.context_tokens,
        "weights": options.weights,
        "drop_first_number": options.drop_first_number or None,
        **named_values(options.declare, option="--declare"),
    }


def _add_timeout(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--timeout", type=float, metavar="SECONDS", help="stop waiting after this long"
    )


def _submit(options: argparse.Namespace) -> int:
    fields = {**upload_fields(options), "visibility": options.visibility}
    files: list[str] = options.files
    with portal_of(options) as portal, upload_bar(files) as tick:
        if options.dry_run:
            report = portal.dry_run(files, model=options.model, on_bytes=tick, **fields)
            show_json(report) if options.json else _show_report(report)
            return 0
        one = portal.submit(
            files,
            model=options.model,
            idempotency_key=options.idempotency_key,
            on_bytes=tick,
            **fields,
        )
    if not options.wait:
        return _show_one(one, options)
    write(f"Submitted: {plain(one['url'])}", sys.stderr)
    with portal_of(options) as portal:
        one = portal.watch(one["id"], timeout_seconds=options.timeout, on_change=_say_status)
    return _show_one(one, options)


@contextmanager
def upload_bar(files: list[str]) -> Iterator[Ticker]:
    """A progress bar on a terminal; nothing where the output is no terminal."""
    size = sum(Path(file).stat().st_size for file in files if Path(file).is_file())
    with tqdm(
        total=size, unit="B", unit_scale=True, unit_divisor=1024, desc="sending", disable=None
    ) as bar:
        yield bar.update


def _say_status(one: Submission) -> None:
    write(f"{plain(one['id'])}: {plain(one['status'])}", sys.stderr)


def _show_one(one: Submission, options: argparse.Namespace) -> int:
    show_json(one) if options.json else show_submission(one)
    return _FAILED if one["status"] == "failed" else 0


def _show_report(report: DryRun) -> None:
    write(f"These files would be accepted, on release {plain(report['release'])}.")
    rows = [
        [task, plain(found.get("file", "")), found.get("answered"), found.get("n")]
        for task, found in report["tasks"].items()
    ]
    write(table(["task", "file", "answered", "of"], rows, right=2))
    if report["missing_tasks"]:
        write("missing: " + ", ".join(plain(task) for task in report["missing_tasks"]))
    for warning in report["warnings"]:
        show_warning(warning)


def _status(options: argparse.Namespace) -> int:
    with portal_of(options) as portal:
        ids: list[str] = options.ids
        found = [portal.status(one) for one in ids] if ids else portal.submissions()
    if options.json:
        show_json(found)
    elif len(found) == 1 and options.ids:
        show_submission(found[0])
    else:
        _show_list(found)
    is_failed = options.ids and any(one["status"] == "failed" for one in found)
    return _FAILED if is_failed else 0


def _show_list(found: list[Submission]) -> None:
    rows = [
        [
            one["id"],
            one["created_at"][:16].replace("T", " "),
            one["status"] or "–",
            one["model"],
            ", ".join(f"{name} {percent(row['average'])}" for name, row in one["scorers"].items()),
        ]
        for one in found
    ]
    write(table(["id", "created", "status", "model", "averages"], rows, right=5))


def _watch(options: argparse.Namespace) -> int:
    with portal_of(options) as portal:
        one = portal.watch(
            options.id,
            timeout_seconds=options.timeout,
            on_change=None if options.json else _say_status,
        )
    return _show_one(one, options)


def _runs(options: argparse.Namespace) -> int:
    with portal_of(options) as portal:
        found = [portal.run(options.id)] if options.id else portal.runs()
    if options.json:
        show_json(found[0] if options.id else found)
        return 0
    if not found:
        write("No hosted runs.")
        return 0
    rows = [
        [
            one[name]
            for name in ("id", "status", "model_slug", "reason", "examples_done", "examples")
        ]
        for one in found
    ]
    write(table(["id", "status", "model", "reason", "done", "of"], rows, right=4))
    return 0
