"""Pages of libraries: every one has its row, and nobody comes in where only others may."""

import re

import pytest
from django.db import transaction

from tests.access.libraries import (
    ADMIN_DOORS,
    ADMIN_MODELS,
    ADMIN_PAGES,
    SIGNED_IN_PAGES,
    WAYS_IN,
)
from tests.access.matrix import Row
from tests.access.test_matrix import addresses, told
from tests.access.world import ROLES, World, make_world

ACTIONS = ("changelist", "add", "history", "delete", "change")
# What stands for the parts of an address; nothing has these names.
PARTS = {"app_label": "auth", "provider_id": "none", "uidb36": "1", "url": "nowhere", "key": "none"}


def below(folder: str) -> dict[str, str]:
    """Every address below a folder, by a name of its own."""
    named = ((name.removeprefix("admin:"), path) for name, path in addresses())
    return {
        f"{name} {path}" if name == "<path:object_id>/" else name: path
        for name, path in named
        if path.startswith(folder)
    }


def filled(path: str) -> str:
    """An address with something in the place of its parts."""
    path = re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^)]*\))*\)", lambda one: PARTS[one[1]], path)
    return "/" + re.sub(r"<\w+:\w+>", "1", path).replace("^", "").replace("$", "")


def asked(world: World, path: str) -> str:
    """What a GET is answered, by role."""
    answers = []
    for role in ROLES:
        with transaction.atomic():
            answers.append(told(world.client(role).get(path), Row("GET", "200")))
            transaction.set_rollback(True)
    return " ".join(answers)


def test_every_page_of_sign_in_is_known() -> None:
    assert set(below("accounts/")) == SIGNED_IN_PAGES | WAYS_IN


def test_every_page_of_the_admin_is_known() -> None:
    known = {f"{model}_{action}" for model in ADMIN_MODELS for action in ACTIONS} | ADMIN_PAGES

    assert {name.split(" ")[0] for name in below("admin/")} == known


@pytest.mark.django_db
def test_pages_of_sign_in_are_alike_for_everybody_and_shut_to_who_is_not_signed_in() -> None:
    world = make_world()

    answers = {
        name: asked(world, filled(path)).split() for name, path in below("accounts/").items()
    }

    wrong = {
        name: found
        for name, found in answers.items()
        if len({found[0], found[1], found[2], found[4]}) > 1
        or (name in SIGNED_IN_PAGES and found[3] != "in")
        or any(one.startswith("5") for one in found)
    }
    assert not wrong


@pytest.mark.django_db
def test_nobody_but_staff_comes_into_the_admin() -> None:
    world = make_world()

    wrong = [
        f"{name}: {found}"
        for name, path in below("admin/").items()
        if name not in ADMIN_DOORS
        and (found := asked(world, filled(path)).split())
        and (found[:4] != ["in"] * 4 or found[4] not in ("200", "301", "302", "403", "404"))
    ]

    assert not wrong, "\n".join(wrong)
