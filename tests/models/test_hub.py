"""A worker brings a model from the Hub: the client, and a server that speaks the Hub's words."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests import hub, needs

needs.models()

from tests.models.asking import completed, config_of, prompt_of  # noqa: E402  If there are models.
from tests.models.make_models import random_model  # noqa: E402
from workers.runners.base import RunnerError, Trouble  # noqa: E402
from workers.runners.transformers_local.runner import LocalModel  # noqa: E402


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A repository, with what is never to be brought."""
    folder = random_model(tmp_path_factory.mktemp("model"))
    found = {one.name: one.read_bytes() for one in folder.iterdir()}
    return {**found, "pytorch_model.bin": b"code", "modeling.py": b"raise SystemExit"}


@pytest.fixture
def asking(tmp_path: Path) -> Callable[..., LocalModel]:
    """Makes a runner of the Hub's model at a commit, as a worker does."""

    def ask(url: str, **changed: Any) -> LocalModel:
        told = {"repository": "org/name", "commit": hub.COMMIT, "hub_url": url, **changed}
        return LocalModel(config_of(tmp_path / "weights", **told))

    return ask


def test_weights_come_from_the_hub_once_and_answer_without_it(
    files: dict[str, bytes],
    asking: Callable[..., LocalModel],
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    asked: list[str] = []
    with hub.running_hub(files, asked=asked) as url:
        runner = asking(url)
        first = completed(runner, prompt_of("hello"))
        runner.close()

    runner = asking(url)
    again = completed(runner, prompt_of("hello"))
    runner.close()
    runner = LocalModel(config_of(random_model(tmp_path_factory.mktemp("same"))))
    local = completed(runner, prompt_of("hello"))
    runner.close()

    assert first.text == again.text == local.text
    brought = {one.name for one in (tmp_path / "weights").iterdir() if one.is_file()}
    assert brought == files.keys() - {"pytorch_model.bin", "modeling.py"}
    # By its commit alone: a branch may have moved.
    assert all(hub.COMMIT in one for one in asked)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (hub.GATED, "it asks for consent"),
        (hub.NO_ACCESS, "does not give it to everybody"),
        (hub.NO_REPOSITORY, "does not have it"),
        (hub.NO_REVISION, "not at this commit"),
    ],
)
def test_what_the_hub_answers_is_said_in_words(
    files: dict[str, bytes], asking: Callable[..., LocalModel], fault: tuple[int, str], said: str
) -> None:
    with hub.running_hub(files, fault=fault) as url:
        assert said in refused(asking(url))


def test_a_repository_without_safetensors_is_not_loaded(
    files: dict[str, bytes], asking: Callable[..., LocalModel]
) -> None:
    del (left := dict(files))["model.safetensors"]
    with hub.running_hub(left) as url:
        assert "no safetensors" in refused(asking(url))


def refused(runner: LocalModel) -> str:
    """Why nothing will be answered."""
    with pytest.raises(RunnerError) as error:
        completed(runner, prompt_of("hello"))
    runner.close()
    assert error.value.trouble is Trouble.FATAL
    assert "Traceback" not in error.value.reason
    return error.value.reason
