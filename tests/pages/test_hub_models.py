"""Registering a model that our workers run: what is read first, what is refused, who sees it."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from submissions.limits import GPU_QUEUES, HUB_MODELS_PER_OWNER
from submissions.models import HostedRun, HubModel, Release
from submissions.presence import see_worker
from submissions.queue import queue_for
from submissions.run_progress import repeat_command
from tests import asking as make_asking
from tests import hub, make
from tests.hub import COMMIT, CONFIG, FILES, running_hub, write_model
from tests.pages.make_pages import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> Client:
    return client_of(make.user())


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    """One model of this site's own: local/tiny."""
    settings.MODELS_DIR = tmp_path
    return write_model(tmp_path)


def post(client: Client, **changed: Any) -> Any:
    said = {"repository": "local/tiny", "revision": "main", "mode": "chat"}
    return client.post("/hub-models/new/", said | changed)


def refusal(answer: Any) -> str:
    assert answer.status_code == 422, answer
    assert not HubModel.objects.exists()
    return str(answer.content.decode())


def test_a_folder_of_this_site_works_like_the_hub(owner: Client, folder: Path) -> None:
    answer = post(owner)

    made = HubModel.objects.get()
    page = owner.get(answer["Location"]).content.decode()
    assert made.is_local
    assert len(made.commit) == 40
    assert made.commit in page
    assert made.context_tokens == 4096
    # 4,000 bytes of float32 are half of that in bf16.
    assert made.weight_bytes == 2000
    assert made.facts["kv_bytes_a_token"] == 2 * 2 * 2 * 16 * 2


def test_a_changed_folder_is_another_commit(owner: Client, folder: Path) -> None:
    post(owner)
    (folder / "model.safetensors").write_bytes(b"\1" * 4000)
    post(owner)

    first, second = HubModel.objects.values_list("commit", flat=True)
    assert first != second


def test_a_repository_of_the_hub_is_resolved_to_a_commit_at_once(
    owner: Client, settings: Settings
) -> None:
    with running_hub(FILES, cardData={"license": "apache-2.0"}) as url:
        settings.HUB_URL = url
        answer = post(owner, repository="org/name", revision="main")

    made = HubModel.objects.get()
    assert answer.status_code == 302
    assert (made.commit, made.is_local) == (COMMIT, False)
    assert made.facts["licence"] == "apache-2.0"
    assert (settings.TOKENIZERS_DIR / f"org--name@{COMMIT}" / "tokenizer.json").is_file()


def test_a_repository_that_asks_for_consent_is_refused(owner: Client, settings: Settings) -> None:
    with running_hub(FILES, gated="manual") as url:
        settings.HUB_URL = url
        assert "asks for consent" in refusal(post(owner, repository="org/name"))


def test_a_repository_that_is_not_there_is_refused(owner: Client, settings: Settings) -> None:
    with running_hub(FILES) as url:
        settings.HUB_URL = url
        assert "no such repository" in refusal(post(owner, repository="org/other"))
        assert "no such revision" in refusal(post(owner, repository="org/name", revision="v9"))


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (hub.GATED, "asks for consent"),
        (hub.NO_ACCESS, "to everybody"),
        (hub.NO_REPOSITORY, "no such repository"),
        (hub.NO_REVISION, "no such revision"),
        (hub.TOO_OFTEN, "asked too often"),
        (hub.DOWN, "could not be asked"),
    ],
)
def test_what_the_hub_answers_is_said_in_words(
    owner: Client, settings: Settings, fault: tuple[int, str], said: str
) -> None:
    with running_hub(FILES, fault=fault) as url:
        settings.HUB_URL = url
        assert said in refusal(post(owner, repository="org/name"))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"pytorch_model.bin": b"code", "model.safetensors": None}, "no safetensors"),
        ({"config.json": json.dumps(CONFIG | {"auto_map": {"A": "b.py"}}).encode()}, "of its own"),
    ],
)
def test_what_could_run_code_is_refused_on_the_hub_too(
    owner: Client,
    settings: Settings,
    tmp_path: Path,
    changed: dict[str, bytes | None],
    said: str,
) -> None:
    # Files at a commit never change; those that another test has kept would be read.
    settings.STATE_DIR = tmp_path
    files = {name: data for name, data in {**FILES, **changed}.items() if data is not None}
    with running_hub(files) as url:
        settings.HUB_URL = url
        assert said in refusal(post(owner, repository="org/name"))


def test_a_hub_that_is_down_is_no_error_of_ours(owner: Client, settings: Settings) -> None:
    settings.HUB_URL = "http://127.0.0.1:9"

    assert "could not be asked" in refusal(post(owner, repository="org/name"))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"auto_map": {"AutoModel": "code.py"}}, "code of its own"),
        ({"quantization_config": {"bits": 4}}, "quantized"),
        ({"sliding_window": 512}, "only a part of the context"),
        ({"layer_types": ["full_attention", "linear_attention"]}, "recurrent"),
        ({"attn_logit_softcapping": 50.0}, "soft cap"),
        ({"num_hidden_layers": None}, "not a decoder"),
        ({"num_hidden_layers": "two"}, "not a decoder"),
        ({"is_encoder_decoder": True}, "not a decoder"),
        ({"max_position_embeddings": -4}, "max_position_embeddings"),
    ],
)
def test_what_is_not_run_here_is_refused_by_its_config(
    owner: Client, folder: Path, changed: dict[str, Any], said: str
) -> None:
    (folder / "config.json").write_text(json.dumps(CONFIG | changed))

    assert said in refusal(post(owner))


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("model.safetensors", None, "no safetensors"),
        ("tokenizer.json", None, "no tokenizer.json"),
        ("chat_template.jinja", None, "no chat template"),
        ("config.json", b"[" * 100_000, "cannot be read"),
        ("config.json", b"[1]", "cannot be read"),
        ("config.json", b" " * (2 << 20), "at most 1,048,576"),
        ("chat_template.jinja", b"x" * (300 << 10), "at most 262,144"),
    ],
)
def test_files_that_lack_or_are_too_large_are_named(
    owner: Client, folder: Path, name: str, data: bytes | None, said: str
) -> None:
    (folder / name).unlink()
    if data is not None:
        (folder / name).write_bytes(data)

    assert said in refusal(post(owner))


@pytest.mark.parametrize("name", ["../etc", "a/../b", "a", "a/b/c", "/etc/passwd", "a/..", "é/b"])
def test_a_name_leads_nowhere_else(owner: Client, folder: Path, name: str) -> None:
    assert "Write org/name" in refusal(post(owner, repository=name))


def test_more_context_than_the_model_has_is_refused(owner: Client, folder: Path) -> None:
    assert "allows 4,096 tokens" in refusal(post(owner, context_tokens="8K"))


def test_sizes_that_no_column_holds_are_refused_or_cut(owner: Client, folder: Path) -> None:
    config = CONFIG | {"max_position_embeddings": 2**39, "architectures": ["Llama\0"]}
    (folder / "config.json").write_text(json.dumps(config | {"num_hidden_layers": 2**39}))
    assert "It needs about" in refusal(post(owner))
    (folder / "config.json").write_text(json.dumps(config))

    assert post(owner).status_code == 302
    made = HubModel.objects.get()
    assert (made.context_tokens, made.facts["architecture"]) == (2**31 - 1, "Llama")


def test_a_model_too_large_for_any_worker_is_refused(owner: Client, folder: Path) -> None:
    small = {"kind": "cuda", "memory_bytes": 1 << 30, "devices": [{}], "libraries": {}}
    see_worker("gpu", processes=1, now=timezone.now(), machine=small)

    assert "largest worker has 1" in refusal(post(owner))


def test_as_many_models_as_endpoints(owner: Client, folder: Path) -> None:
    post(owner)
    made = HubModel.objects.get()
    for _ in range(HUB_MODELS_PER_OWNER - 1):
        made.pk, made.public_id = None, make.SUITE.slug[:4] + str(_)
        made.save()

    assert post(owner).status_code == 422


def test_a_shorter_context_than_the_prompts_is_allowed_and_its_cuts_are_shown(
    owner: Client, folder: Path
) -> None:
    made_release = make_asking.release()
    post(owner, context_tokens="600")
    made = HubModel.objects.get()
    fields = {
        "release": made_release.name,
        "prompt_set": "portal-chat-1",
        "policy": "middle",
        "name": "Tiny",
        "visibility": "public",
    }

    told = owner.post(f"/hub-models/{made.public_id}/run/", fields | {"action": "estimate"})
    started = owner.post(f"/hub-models/{made.public_id}/run/", fields | {"action": "start"})

    assert "Would be cut" in told.content.decode()
    run = HostedRun.objects.get()
    assert started["Location"] == run.get_absolute_url()
    assert run.hub_model == made
    assert run.facts["hub_model"]["commit"] == made.commit
    assert f"--repository local/tiny@{made.commit}" in repeat_command(run)
    assert owner.get(run.get_absolute_url()).status_code == 200


def test_a_retired_model_starts_no_run(owner: Client, folder: Path) -> None:
    post(owner)
    made = HubModel.objects.get()

    owner.post(f"/hub-models/{made.public_id}/retire/")

    assert owner.get(f"/hub-models/{made.public_id}/run/").status_code == 404
    assert not Release.objects.filter(hosted_runs__hub_model=made).exists()


def test_the_wizard_offers_it(owner: Client) -> None:
    answer = owner.post("/submit/", {"kind": "hub-model"})

    assert answer["Location"] == "/hub-models/"


def test_a_model_goes_to_the_smallest_queue_that_holds_it() -> None:
    gib = 1 << 30

    assert queue_for(None) == "generate"
    assert queue_for(1) == "gpu"
    assert queue_for(20 * gib) == "gpu"
    assert queue_for(20 * gib + 1) == "gpu-40"
    assert queue_for(10**15) == list(GPU_QUEUES)[-1]


def test_the_queue_shows_what_a_worker_runs_models_with(owner: Client) -> None:
    machine = {
        "kind": "cuda",
        "memory_bytes": 80 << 30,
        "devices": [{"name": "H100", "memory_bytes": 80 << 30, "free_bytes": 79 << 30}],
        "libraries": {"torch": "2.13.0"},
    }
    see_worker("gpu", processes=1, now=timezone.now(), machine=machine)

    page = owner.get("/queue/").content.decode()

    assert "H100, 79.0" in page
    assert "torch 2.13.0" in page
