"""Pages of libraries: every one has its row, and nobody comes in where only others may."""

import re

import pytest
from django.db import transaction

from tests.access.libraries import ADMIN_DOORS, ADMIN_MODELS, ADMIN_PAGES, SIGN_IN
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


def test_every_page_of_sign_in_has_a_row() -> None:
    assert set(below("accounts/")) == set(SIGN_IN)


def test_every_page_of_the_admin_is_known() -> None:
    known = {f"{model}_{action}" for model in ADMIN_MODELS for action in ACTIONS} | ADMIN_PAGES

    assert {name.split(" ")[0] for name in below("admin/")} == known


@pytest.mark.django_db
def test_sign_in_answers_as_its_rows_say() -> None:
    world = make_world()

    wrong = [
        f"{name}: {found} and not {SIGN_IN.get(name)}"
        for name, path in below("accounts/").items()
        if (found := asked(world, filled(path))) != SIGN_IN.get(name)
    ]

    assert not wrong, "\n".join(wrong)


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
