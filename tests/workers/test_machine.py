"""How many of a machine's devices a model gets."""

import pytest

from workers.machine import Busy, Machine
from workers.runners.transformers_local.messages import LocalConfig

GIB = 1 << 30
CONFIG = LocalConfig(folder="", is_chat=True, context_tokens=1024)


def machine(*gib: int, kind: str = "cuda") -> Machine:
    devices = [{"name": "card", "memory_bytes": one * GIB, "free_bytes": one * GIB} for one in gib]
    return Machine({"kind": kind, "devices": devices})


def taken(of: Machine, needed_gib: int) -> int:
    return len(of._take(CONFIG, needed_gib * GIB))


@pytest.mark.parametrize(
    ("needed", "cards"),
    # A second card has room for its reserve and for reading beside its layers.
    [(20, 1), (80, 1), (81, 2), (152, 2), (153, 3), (224, 3), (300, 4), (320, 4)],
)
def test_a_model_gets_as_many_cards_as_it_needs(needed: int, cards: int) -> None:
    assert taken(machine(80, 80, 80, 80), needed) == cards


def test_replicas_take_a_card_each_until_none_is_free() -> None:
    shared = machine(80, 80)

    assert [taken(shared, 20), taken(shared, 20)] == [1, 1]
    with pytest.raises(Busy):
        taken(shared, 20)


def test_a_model_for_all_cards_waits_until_all_are_free() -> None:
    shared = machine(80, 80, 80)
    taken(shared, 20)

    # The two that are free hold it only without their reserve.
    with pytest.raises(Busy):
        taken(shared, 155)


def test_what_no_card_holds_is_busy_for_ever_and_never_loaded() -> None:
    with pytest.raises(Busy):
        taken(machine(80, 80), 161)


def test_a_processor_is_one_device() -> None:
    assert taken(machine(16, kind="cpu"), 300) == 1
