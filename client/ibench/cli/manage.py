"""`ibench publish`, `withdraw`, `model`, `org`, `webhook`: doors to `Managing`."""

import argparse
from typing import Any

from ibench.cli.calls import add_call, add_group, of_id
from ibench.portal import Portal

_ACTIONS = {
    "publish": "show a submission to everybody, on the board",
    "undo-publish": "make it what it was before it was published, within a day",
    "unlist": "take it off every list; who has its link still sees it",
}
_MODEL_FACTS = ("name", "organization", "link", "licence")


def add_commands(commands: Any) -> None:
    """Add this room's commands."""
    for name, text in _ACTIONS.items():
        one = add_call(commands, name, text, of_id(getattr(Portal, name.replace("-", "_"))))
        one.add_argument("id", metavar="ID")
    one = add_call(
        commands,
        "withdraw",
        "take a submission off the board for good",
        lambda portal, o: portal.withdraw(o.id, reason=o.reason),
    )
    one.add_argument("id", metavar="ID")
    one.add_argument("--reason", default="", metavar="TEXT", help="shown to everybody")
    one = add_call(
        commands,
        "supersede",
        "put a later submission in the place of this one, for good",
        lambda portal, o: portal.supersede(o.id, by=o.by),
    )
    one.add_argument("id", metavar="ID")
    one.add_argument("--by", required=True, metavar="ID", help="the later one")
    _add_model(commands)
    _add_org(add_group(commands, "org", "people who share models and submissions"))
    _add_webhook(add_group(commands, "webhook", "addresses that are called for you"))


def _add_model(commands: Any) -> None:
    def change(portal: Portal, options: argparse.Namespace) -> Any:
        told = {name: getattr(options, name) for name in (*_MODEL_FACTS, "shared_with")}
        changes = {name: value for name, value in told.items() if value is not None}
        if options.unshare:
            changes["shared_with"] = None
        return portal.change_model(options.slug, **changes)

    one = add_call(
        commands, "model", "change what is said of a model, or with whom it is shared", change
    )
    one.add_argument("slug", metavar="SLUG")
    for name in _MODEL_FACTS:
        one.add_argument(f"--{name}", metavar="TEXT")
    one.add_argument("--share", dest="shared_with", metavar="ORG", help="with an organization")
    one.add_argument("--unshare", action="store_true", help="its owner's alone again")


def _add_org(group: Any) -> None:
    add_call(group, "list", "your organizations", lambda portal, _: portal.organizations())
    one = add_call(group, "show", "members", lambda portal, o: portal.organization(o.slug))
    one.add_argument("slug", metavar="ORG")
    one = add_call(group, "found", "found one", lambda portal, o: portal.found_organization(o.name))
    one.add_argument("name", metavar="NAME")
    one = add_call(
        group,
        "invite",
        "invite somebody by mail",
        lambda portal, o: portal.invite(o.slug, o.email, role=o.role),
    )
    one.add_argument("slug", metavar="ORG")
    one.add_argument("email", metavar="EMAIL")
    one.add_argument("--role", choices=("member", "owner"), default="member")
    one = add_call(
        group,
        "role",
        "change a member's role",
        lambda portal, o: portal.change_role(o.slug, o.member, o.role),
    )
    one.add_argument("slug", metavar="ORG")
    one.add_argument("member", type=int, metavar="MEMBER")
    one.add_argument("role", choices=("member", "owner"))
    one = add_call(
        group,
        "remove",
        "end a membership, or your own",
        lambda portal, o: portal.remove_member(o.slug, o.member),
    )
    one.add_argument("slug", metavar="ORG")
    one.add_argument("member", type=int, metavar="MEMBER")


def _add_webhook(group: Any) -> None:
    add_call(group, "list", "your webhooks", lambda portal, _: portal.webhooks())
    one = add_call(
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
        one = add_call(group, name, text, of_id(call))
        one.add_argument("id", metavar="ID")
