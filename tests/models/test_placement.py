"""A model that does not fit one device: where its layers go, and that it says the same there."""

from pathlib import Path

import pytest

from tests import needs

needs.models()

import torch  # noqa: E402  Only where there are models.
from transformers import AutoConfig, AutoModelForCausalLM  # noqa: E402
from transformers.integrations.accelerate import infer_auto_device_map  # noqa: E402

from tests.models.asking import completed, config_of, prompt_of, until  # noqa: E402
from tests.models.make_models import random_model  # noqa: E402
from workers.runners.base import RunnerError, Trouble  # noqa: E402
from workers.runners.transformers_local.messages import CannotLoad  # noqa: E402
from workers.runners.transformers_local.room import (  # noqa: E402
    SPARE_BYTES,
    Need,
    need_of,
    place,
)
from workers.runners.transformers_local.runner import LocalModel  # noqa: E402

GIB = 1 << 30
LAYERS = 8
TEXT = "The pass key is 71432. Remember it. " * 20


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight layers of 3.2 MB."""
    return random_model(tmp_path_factory.mktemp("deep"), inner=4096, layers=LAYERS)


def needed(folder: Path) -> Need:
    settings = AutoConfig.from_pretrained(folder)
    return need_of(config_of(folder), settings, torch.float32)


def test_what_memory_does_not_hold_stays_on_disk_and_says_the_same(folder: Path) -> None:
    need = needed(folder)
    half = need.cache + need.reading + need.weights * 6 // 10
    whole, split = (
        LocalModel(config_of(folder, memory_bytes=memory)) for memory in (need.weights * 99, half)
    )
    prompts = [prompt_of(TEXT), prompt_of(f"{TEXT}?"), prompt_of(TEXT, max_new_tokens=24)]

    expected, found = ([completed(one, asked) for asked in prompts] for one in (whole, split))
    told = split.describe()
    whole.close()
    split.close()

    assert [one.text for one in found] == [one.text for one in expected]
    assert "layers" not in whole.describe()
    assert told["layers"] == "3 on cpu, 5 on disk"
    assert found[0].details["steps"] == ["5 of 8 layers left on disk"]
    assert found[1].reused_tokens == expected[1].reused_tokens > len(TEXT)


def test_without_room_for_a_context_nothing_is_loaded(folder: Path) -> None:
    need = needed(folder)
    runner = LocalModel(config_of(folder, memory_bytes=need.cache + need.reading))
    until(lambda: not runner.is_usable)

    with pytest.raises(RunnerError) as refused:
        completed(runner, prompt_of("hello"))
    runner.close()

    assert refused.value.trouble is Trouble.FATAL
    assert "are free on this worker" in refused.value.reason


def test_one_card_takes_a_model_whole_or_not_at_all() -> None:
    need = Need(weights=60 * GIB, cache=40 * GIB, reading=GIB)

    # Its keys and values may lie in host memory.
    assert place(need, (70 * GIB,), is_card=True) == {"device_map": "cuda:0"}
    with pytest.raises(CannotLoad, match=r"needs 64\.0 GiB and 62\.0 GiB are free"):
        place(need, (62 * GIB,), is_card=True)


def test_several_cards_each_have_room_for_the_keys_and_values_of_their_layers() -> None:
    need = Need(weights=60 * GIB, cache=40 * GIB, reading=GIB)

    placed = place(need, (70 * GIB, 60 * GIB), is_card=True)

    assert placed["device_map"] == "balanced"
    for card, free in enumerate((70 * GIB, 60 * GIB)):
        weights = placed["max_memory"][card]
        assert weights + weights * 40 // 60 + GIB + SPARE_BYTES <= free
    assert sum(placed["max_memory"].values()) >= need.weights
    with pytest.raises(CannotLoad, match="it needs 110"):
        place(need, (54 * GIB, 54 * GIB), is_card=True)


def test_layers_follow_each_other_over_cards_as_planned(folder: Path) -> None:
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(AutoConfig.from_pretrained(folder))
    weights = sum(one.numel() * 4 for one in model.parameters())
    need = Need(weights=weights, cache=weights, reading=0)
    room = SPARE_BYTES + weights * 5 // 4

    placed = place(need, (room, room), is_card=True)
    found = infer_auto_device_map(
        model, max_memory=placed["max_memory"], no_split_module_classes=model._no_split_modules
    )

    layers = [device for name, device in found.items() if name.rsplit(".", 1)[-1].isdecimal()]
    assert layers == sorted(layers)
    assert set(layers) == {0, 1}
    assert "disk" not in found.values()
