"""The role matrix: every address of the site has a row, and every row holds."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.access.matrix import API, PAGES, Row
from tests.access.world import ROLES, Things, World, make_world

ROWS = API | PAGES
# Where who may not is sent, and what rows call it.
PLACES = {
    "/accounts/login": "in",
    "/admin/login": "in",
    "/accounts/reauthenticate": "pw",
    "/accounts/2fa/reauthenticate": "pw",
}
# Pages of libraries, which test them: sign-in, and the admin.  Below, nobody but staff comes in.
OF_LIBRARIES = ("accounts/", "admin/")


def addresses(patterns: Any = None, prefix: str = "", space: str = "") -> Iterator[tuple[str, str]]:
    """Name and pattern of every address of the site."""
    for one in get_resolver().url_patterns if patterns is None else patterns:
        here = f"{prefix}{one.pattern}"
        if isinstance(one, URLResolver):
            yield from addresses(one.url_patterns, here, one.namespace or space)
        elif isinstance(one, URLPattern):
            name = one.name or str(one.pattern)
            yield (f"{space}:{name}" if space else name), here


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    ours = {name for name, path in addresses() if not path.startswith(OF_LIBRARIES)}

    assert sorted(ours - set(ROWS)) == []
    assert sorted(set(ROWS) - ours) == []


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [API, PAGES], ids=["api", "pages"])
def test_everybody_is_answered_as_the_matrix_says(rows: dict[str, list[Row]]) -> None:
    world = make_world()

    wrong = [
        f"{row.method} {name} of {whose}: {found} and not {row.statuses}"
        for name, of_name in rows.items()
        for row in of_name
        for whose, things in (("own", world.own), ("foreign", world.foreign))
        if (found := asked(world, name, row, things, whose)) != row.statuses
    ]

    assert not wrong, "\n".join(wrong)


def asked(world: World, name: str, row: Row, things: Things, whose: str) -> str:
    """The statuses by role.

    Of a foreign thing, its owner is the other one; owner and member are strangers to it.
    """
    if whose == "own":
        return " ".join(ask(world, role, name, row, things) for role in ROLES)
    owner, stranger, member, anonymous, staff = (
        ask(world, role, name, row, things)
        for role in ("other", "owner", "member", "anonymous", "staff")
    )
    # Nobody here is a member of the foreign organization: what two strangers get stands for it.
    told = row.statuses.split()[1] if stranger == member else f"{stranger}≠{member}"
    return " ".join((owner, told, stranger, anonymous, staff))


def ask(world: World, role: str, name: str, row: Row, things: Things) -> str:
    """One request; whatever it changes is undone."""
    address = (
        f"/{name}"
        if name in ("healthz", "readyz", "metrics")
        else reverse(name, kwargs=row.arguments(things))
    )
    with transaction.atomic():
        client = world.client(role)
        answer = client.generic(
            row.method,
            f"{address}?{row.query(things) if callable(row.query) else row.query}",
            row.body(things) if callable(row.body) else row.body,
            content_type=content_type(name, row),
            headers=row.headers,
        )
        if answer.streaming:
            b"".join(answer)
        transaction.set_rollback(True)
    return told(answer, row)


def told(answer: Any, row: Row) -> str:
    """An answer as rows name it."""
    if answer.status_code == 302:
        place = urlsplit(answer["Location"]).path
        return next((mark for path, mark in PLACES.items() if place.startswith(path)), "302")
    code = str(answer.json().get("code", "")) if answer.status_code == 422 and row.is_coded else ""
    return code or str(answer.status_code)


def content_type(name: str, row: Row) -> str:
    """JSON for the API; a form's where a page is posted to, so that it is read as one."""
    if name.startswith("api:"):
        return "application/json"
    return "application/x-www-form-urlencoded"
