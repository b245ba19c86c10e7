"""`ibench publish`, `withdraw`, `endpoint`, `run`, `org`, `webhook`: doors to `Managing`."""

import argparse
import sys
from collections.abc import Callable
from typing import Any

from ibench.cli.show import add_common, portal_of, show_json, show_submission
from ibench.errors import BadUsage
from ibench.manage import RunAction
from ibench.portal import Portal
from ibench.text import plain, table, write

Call = Callable[[Portal, argparse.Namespace], Any]
_ACTIONS = {
    "publish": "show a submission to everybody, on the board",
    "undo-publish": "make it what it was before it was published, within a day",
    "unlist": "take it off every list; who has its link still sees it",
}
_MODEL_FACTS = ("name", "organization", "link", "licence")


def add_commands(commands: Any) -> None:
    """Add this room's commands."""
    for name, text in _ACTIONS.items():
        one = _add(commands, name, text, _of_id(getattr(Portal, name.replace("-", "_"))))
        one.add_argument("id", metavar="ID")
    one = _add(
        commands,
        "withdraw",
        "take a submission off the board for good",
        lambda portal, o: portal.withdraw(o.id, reason=o.reason),
    )
    one.add_argument("id", metavar="ID")
    one.add_argument("--reason", default="", metavar="TEXT", help="shown to everybody")
    one = _add(
        commands,
        "supersede",
        "put a later submission in the place of this one, for good",
        lambda portal, o: portal.supersede(o.id, by=o.by),
    )
    one.add_argument("id", metavar="ID")
    one.add_argument("--by", required=True, metavar="ID", help="the later one")
    _add_model(commands)
    _add_endpoint(_group(commands, "endpoint", "servers that the portal may ask"))
    _add_run(_group(commands, "run", "start a hosted run, pause, resume or cancel it"))
    _add_org(_group(commands, "org", "people who share models and submissions"))
    _add_webhook(_group(commands, "webhook", "addresses that are called for you"))


def _group(commands: Any, name: str, text: str) -> Any:
    group = commands.add_parser(name, help=text, description=text)
    return group.add_subparsers(required=True, metavar="ACTION")


def _add(commands: Any, name: str, text: str, call: Call) -> Any:
    """A command that is one call of the portal."""
    parser = commands.add_parser(name, help=text, description=text)
    add_common(parser)
    parser.set_defaults(run=lambda options: _run(call, options))
    return parser


def _of_id(method: Callable[[Portal, str], Any]) -> Call:
    """A call that takes the id alone."""
    return lambda portal, options: method(portal, options.id)


def _change_run(action: RunAction) -> Call:
    """A call that pauses, resumes or cancels."""
    return lambda portal, options: portal.change_run(options.id, action)


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


def _add_model(commands: Any) -> None:
    def change(portal: Portal, options: argparse.Namespace) -> Any:
        told = {name: getattr(options, name) for name in (*_MODEL_FACTS, "shared_with")}
        changes = {name: value for name, value in told.items() if value is not None}
        if options.unshare:
            changes["shared_with"] = None
        return portal.change_model(options.slug, **changes)

    one = _add(
        commands, "model", "change what is said of a model, or with whom it is shared", change
    )
    one.add_argument("slug", metavar="SLUG")
    for name in _MODEL_FACTS:
        one.add_argument(f"--{name}", metavar="TEXT")
    one.add_argument("--share", dest="shared_with", metavar="ORG", help="with an organization")
    one.add_argument("--unshare", action="store_true", help="its owner's alone again")


def _key(options: argparse.Namespace) -> str | None:
    """The key from standard input: on the command line, everybody on the machine could read it."""
    if not options.key_stdin:
        return None
    key = sys.stdin.readline().strip()
    if not key:
        raise BadUsage("No key was given.", fix="Pipe it in: --key-stdin < FILE")
    return key


def _add_endpoint(group: Any) -> None:
    _add(group, "list", "your endpoints", lambda portal, _: portal.endpoints())
    for name, text, call in (
        ("show", "one endpoint, and what its last try gave", Portal.endpoint),
        ("try", "have three small prompts sent", Portal.try_endpoint),
        ("retire", "forget its key; its runs stay", Portal.retire_endpoint),
    ):
        one = _add(group, name, text, _of_id(call))
        one.add_argument("id", metavar="ID")

    def facts(options: argparse.Namespace) -> dict[str, Any]:
        names = ("name", "base_url", "model_name", "context_tokens", "mode", "tokenizer")
        limits = ("requests_per_minute", "concurrency", "price_in", "price_out")
        told = {name: getattr(options, name) for name in (*names, *limits)}
        return {name: value for name, value in told.items() if value is not None}

    add = _add(
        group,
        "add",
        "register an endpoint",
        lambda portal, o: portal.register_endpoint(key=_key(o), **facts(o)),
    )
    change = _add(
        group,
        "change",
        "change an endpoint; without --key-stdin its key stays",
        lambda portal, o: portal.change_endpoint(o.id, key=_key(o), **facts(o)),
    )
    change.add_argument("id", metavar="ID")
    for parser, is_needed in ((add, True), (change, False)):
        parser.add_argument("--name", required=is_needed, metavar="TEXT")
        parser.add_argument("--base-url", required=is_needed, metavar="URL")
        parser.add_argument("--model-name", required=is_needed, metavar="TEXT")
        parser.add_argument("--context-tokens", required=is_needed, type=int, metavar="N")
        parser.add_argument("--mode", choices=("chat", "raw"))
        parser.add_argument("--tokenizer", metavar="NAME@COMMIT")
        parser.add_argument("--requests-per-minute", type=int, metavar="N")
        parser.add_argument("--concurrency", type=int, metavar="N")
        parser.add_argument("--price-in", type=float, metavar="USD", help="per million tokens")
        parser.add_argument("--price-out", type=float, metavar="USD", help="per million tokens")
        parser.add_argument("--key-stdin", action="store_true", help="read the key from stdin")


def _add_run(group: Any) -> None:
    def start(portal: Portal, options: argparse.Namespace) -> Any:
        names = ("model", "model_slug", "prompt_set", "policy", "visibility", "spending_cap")
        told = {name: getattr(options, name) for name in names}
        wish = {name: value for name, value in told.items() if value is not None}
        if options.task:
            wish["tasks"] = options.task
        call = portal.estimate_run if options.dry_run else portal.start_run
        if options.dry_run and "model_slug" in wish:
            del wish["model_slug"]
        return call(endpoint=options.endpoint, release=options.release, **wish)

    one = _add(group, "start", "have the portal's workers ask a model", start)
    one.add_argument("--endpoint", required=True, metavar="ID")
    one.add_argument("--release", required=True, metavar="NAME", help="one with contexts")
    one.add_argument("--model", metavar="NAME")
    one.add_argument("--model-slug", metavar="SLUG", help="instead of a name")
    one.add_argument("--task", action="append", metavar="NAME", help="may be repeated")
    one.add_argument("--prompt-set", metavar="NAME")
    one.add_argument("--policy", choices=("middle", "middle-context-fixed"))
    one.add_argument("--visibility", choices=("public", "unlisted", "private"))
    one.add_argument("--spending-cap", type=float, metavar="USD")
    one.add_argument("--dry-run", action="store_true", help="only say what it would take")
    actions: tuple[RunAction, ...] = ("pause", "resume", "cancel")
    for name in actions:
        one = _add(group, name, f"{name} your run", _change_run(name))
        one.add_argument("id", metavar="ID")


def _add_org(group: Any) -> None:
    _add(group, "list", "your organizations", lambda portal, _: portal.organizations())
    one = _add(group, "show", "members", lambda portal, o: portal.organization(o.slug))
    one.add_argument("slug", metavar="ORG")
    one = _add(group, "found", "found one", lambda portal, o: portal.found_organization(o.name))
    one.add_argument("name", metavar="NAME")
    one = _add(
        group,
        "invite",
        "invite somebody by mail",
        lambda portal, o: portal.invite(o.slug, o.email, role=o.role),
    )
    one.add_argument("slug", metavar="ORG")
    one.add_argument("email", metavar="EMAIL")
    one.add_argument("--role", choices=("member", "owner"), default="member")
    one = _add(
        group,
        "role",
        "change a member's role",
        lambda portal, o: portal.change_role(o.slug, o.member, o.role),
    )
    one.add_argument("slug", metavar="ORG")
    one.add_argument("member", type=int, metavar="MEMBER")
    one.add_argument("role", choices=("member", "owner"))
    one = _add(
        group,
        "remove",
        "end a membership, or your own",
        lambda portal, o: portal.remove_member(o.slug, o.member),
    )
    one.add_argument("slug", metavar="ORG")
    one.add_argument("member", type=int, metavar="MEMBER")


def _add_webhook(group: Any) -> None:
    _add(group, "list", "your webhooks", lambda portal, _: portal.webhooks())
    one = _add(
        group,
        "add",
        "have an address called; shows its secret this once",
        lambda portal, o: portal.add_webhook(o.url, kinds=o.kind),
    )
    one.add_argument("url", metavar="URL")
    one.add_argument("--kind", action="append", metavar="KIND", help="may be repeated")
    for name, text, call in (
        ("rotate", "give it a new secret, shown this once", Portal.rotate_webhook),
        ("test", "send a notice that tells of nothing", Portal.test_webhook),
        ("calls", "what was sent, and what came of it", Portal.deliveries),
        ("delete", "have it called no more", Portal.delete_webhook),
    ):
        one = _add(group, name, text, _of_id(call))
        one.add_argument("id", metavar="ID")
