"""`ibench try` and `ibench draft`: what files would score, before they are sent."""

import argparse
from typing import Any

from ibench.cli.calls import add_call, add_group, of_id
from ibench.cli.show import add_common, portal_of, show_json
from ibench.cli.submissions import add_upload_options, upload_bar, upload_fields
from ibench.portal import Portal
from ibench.shapes import Draft, Tried
from ibench.text import percent, plain, table, write

_FAILED = 1


def add_commands(commands: Any) -> None:
    """Add this room's commands."""
    text = "say what files would score and where they would rank; nothing is submitted"
    one = commands.add_parser("try", help=text, description=text)
    add_upload_options(one)
    one.add_argument("--keep", action="store_true", help="as a draft, to be sent later")
    add_common(one)
    one.set_defaults(run=_try)
    group = add_group(commands, "draft", "files that were kept and not sent yet")
    add_call(group, "list", "your drafts", lambda portal, _: portal.drafts())
    show = add_call(group, "show", "one draft, and what it would score", of_id(Portal.draft))
    show.add_argument("id", metavar="ID")
    show.set_defaults(run=_show)
    send = add_call(
        group,
        "send",
        "make a submission of it",
        lambda portal, o: portal.send_draft(o.id, visibility=o.visibility),
    )
    send.add_argument("id", metavar="ID")
    send.add_argument("--visibility", choices=("public", "unlisted", "private"), default="public")
    discard = add_call(
        group, "discard", "throw it away with its files", of_id(Portal.discard_draft)
    )
    discard.add_argument("id", metavar="ID")


def _try(options: argparse.Namespace) -> int:
    fields = upload_fields(options)
    with portal_of(options) as portal:
        with upload_bar(options.files) as tick:
            made = portal.make_draft(options.files, model=options.model, on_bytes=tick, **fields)
        one = portal.wait_for_trial(made["id"], timeout_seconds=options.timeout)
        if not options.keep:
            portal.discard_draft(one["id"])
    return _show_one(one, options)


def _show(options: argparse.Namespace) -> int:
    with portal_of(options) as portal:
        return _show_one(portal.draft(options.id), options)


def _show_one(one: Draft, options: argparse.Namespace) -> int:
    show_json(one) if options.json else _show_draft(one)
    return _FAILED if one["trial"]["status"] in ("failed", "refused") else 0


def _show_draft(one: Draft) -> None:
    write(f"{plain(one['model'])}  {plain(one['id'])}  on {plain(one['release'] or 'no release')}")
    if one["missing_tasks"]:
        write("missing: " + ", ".join(plain(task) for task in one["missing_tasks"]))
    trial = one["trial"]
    if trial["status"] != "done":
        write(_WHY.get(trial["status"], f"could not be tried: {plain(trial['reason'])}"))
        return
    scorers = trial["scorers"]
    means = {
        name: {row["task"]: row["mean"] for row in found["tasks"]}
        for name, found in scorers.items()
    }
    tasks = [row["task"] for row in one["tasks"]]
    rows: list[list[object]] = [
        [task, *(percent(of_task.get(task)) for of_task in means.values())] for task in tasks
    ]
    rows.append(["average", *(percent(found["average"]) for found in scorers.values())])
    rows.append(["would rank", *(_rank(found) for found in scorers.values())])
    write(table(["task", *scorers], rows))


_WHY = {
    "none": "There are no files yet.",
    "hidden": "The answers of this release are hidden: scores are told only after sending.",
    "waiting": "A worker is at it.",
}


def _rank(found: Tried) -> str:
    if found["rank_low"] is None:
        return "–"
    is_one = found["rank_low"] == found["rank_high"]
    place = found["rank_low"] if is_one else f"{found['rank_low']}–{found['rank_high']}"
    return f"{place} of {found['ranked']}"
