"""`ibench endpoint`, `hub-model`, `run`: doors to `Hosting`."""

import argparse
import sys
from typing import Any

from ibench.cli.calls import Call, add_call, add_group, of_id
from ibench.errors import BadUsage
from ibench.hosting import RunAction
from ibench.portal import Portal


def add_commands(commands: Any) -> None:
    """Add this room's commands."""
    _add_endpoint(add_group(commands, "endpoint", "servers that the portal may ask"))
    _add_hub_model(add_group(commands, "hub-model", "models that the portal's workers run"))
    _add_run(add_group(commands, "run", "start a hosted run, pause, resume or cancel it"))


def _change_run(action: RunAction) -> Call:
    """A call that pauses, resumes or cancels."""
    return lambda portal, options: portal.change_run(options.id, action)


def _key(options: argparse.Namespace) -> str | None:
    """The key from standard input: on the command line, everybody on the machine could read it."""
    if not options.key_stdin:
        return None
    key = sys.stdin.readline().strip()
    if not key:
        raise BadUsage("No key was given.", fix="Pipe it in: --key-stdin < FILE")
    return key


def _add_endpoint(group: Any) -> None:
    add_call(group, "list", "your endpoints", lambda portal, _: portal.endpoints())
    for name, text, call in (
        ("show", "one endpoint, and what its last try gave", Portal.endpoint),
        ("try", "have three small prompts sent", Portal.try_endpoint),
        ("retire", "forget its key; its runs stay", Portal.retire_endpoint),
    ):
        one = add_call(group, name, text, of_id(call))
        one.add_argument("id", metavar="ID")

    def facts(options: argparse.Namespace) -> dict[str, Any]:
        names = ("name", "base_url", "model_name", "context_tokens", "mode", "tokenizer")
        limits = ("requests_per_minute", "concurrency", "price_in", "price_out")
        told = {name: getattr(options, name) for name in (*names, *limits)}
        return {name: value for name, value in told.items() if value is not None}

    add = add_call(
        group,
        "add",
        "register an endpoint",
        lambda portal, o: portal.register_endpoint(key=_key(o), **facts(o)),
    )
    change = add_call(
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


def _add_hub_model(group: Any) -> None:
    add_call(group, "list", "your models", lambda portal, _: portal.hub_models())
    one = add_call(
        group,
        "add",
        "have a repository looked at and registered",
        lambda portal, o: portal.register_hub_model(
            o.repository, revision=o.revision, mode=o.mode, context_tokens=o.context_tokens
        ),
    )
    one.add_argument("repository", metavar="ORG/NAME", help="of the Hugging Face Hub")
    one.add_argument("--revision", metavar="TEXT", help="a branch, tag or commit; default: main")
    one.add_argument("--mode", choices=("chat", "raw"))
    one.add_argument("--context-tokens", type=int, metavar="N")
    for name, text, call in (
        ("show", "one model, and what its files say", Portal.hub_model),
        ("retire", "start no run on it any more; its runs stay", Portal.retire_hub_model),
    ):
        one = add_call(group, name, text, of_id(call))
        one.add_argument("id", metavar="ID")


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
        asked = {"endpoint": options.endpoint, "hub_model": options.hub_model}
        return call(release=options.release, **asked, **wish)

    one = add_call(group, "start", "have the portal's workers ask a model", start)
    asked = one.add_mutually_exclusive_group(required=True)
    asked.add_argument("--endpoint", metavar="ID", help="one of your endpoints")
    asked.add_argument("--hub-model", metavar="ID", help="one of your models that its workers run")
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
        one = add_call(group, name, f"{name} your run", _change_run(name))
        one.add_argument("id", metavar="ID")
