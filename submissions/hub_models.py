"""WRITE: models that our workers run are registered, after a look at their files, and retired."""

import json
import tempfile
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import orjson
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from scoring.model_shape import GIB, HALF, ModelShape, UnusualModel
from submissions.limits import (
    CHAT_TEMPLATE_BYTES,
    ENDPOINT_TOKENS_MAX,
    HUB_MODELS_PER_OWNER,
    MODEL_CONFIG_BYTES,
    REVISION_CHARS,
    TOKENIZER_BYTES,
)
from submissions.models import HubModel
from submissions.presence import largest_memory
from submissions.repositories import Repository, RepositoryRefused, find_repository

# A branch, a tag or a commit.
REVISION: Final = rf"^[A-Za-z0-9_./-]{{1,{REVISION_CHARS}}}\Z"
# More is not stored; no machine has it.
_BYTES_MAX: Final = 2**63 - 1
# Bytes of a number as config.json names its type.
_ITEM_BYTES: Final = {"float32": 4, "bfloat16": 2, "float16": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class HubModelFacts:
    """What its owner says of a model; the rest is read from its files."""

    repository: str
    revision: str = "main"
    mode: str = HubModel.Mode.CHAT
    # None: as many as its config.json allows.
    context_tokens: int | None = None


def register_hub_model(owner: User, facts: HubModelFacts, *, now: datetime) -> HubModel:
    """Resolve a repository, read what can be known before anything is queued, and store it.

    Raises:
        RepositoryRefused: naming the field, for what cannot be run here.
        HubAway: if the Hub gives no answer at the moment.
    """
    _refuse_too_many(owner)
    found = find_repository(facts.repository, facts.revision)
    config = _config(found)
    try:
        shape = ModelShape.of(config)
    except UnusualModel as error:
        message = _("This model is not run here: %(why)s.") % {"why": error}
        raise RepositoryRefused("repository", message) from error
    context = _context(facts, shape)
    weights = _weight_bytes(found, config)
    needed = shape.needed_bytes(weights, context)
    _refuse_too_large(needed)
    tokenizer = _tokenizer(found)
    template = _chat_template(found)
    if facts.mode == HubModel.Mode.CHAT and not template:
        message = _("The repository has no chat template: choose the base mode.")
        raise RepositoryRefused("mode", message)
    model = HubModel(
        owner=owner,
        repository=found.name,
        revision=facts.revision,
        commit=found.commit,
        is_local=found.is_local,
        mode=facts.mode,
        context_tokens=context,
        needed_bytes=needed,
        weight_bytes=weights,
        facts={
            # PostgreSQL stores no NUL.
            "architecture": shape.architecture.replace("\0", ""),
            "parameters": weights // HALF,
            "layers": shape.layers,
            "max_positions": shape.max_positions,
            "kv_bytes_a_token": shape.kv_bytes_a_token(),
            "licence": found.licence.replace("\0", ""),
            "config_sha256": sha256(orjson.dumps(config)).hexdigest(),
            "tokenizer_sha256": sha256(tokenizer).hexdigest(),
            "chat_template_sha256": sha256(template.encode()).hexdigest() if template else "",
        },
        created_at=now,
    )
    _keep_tokenizer(model.tokenizer, tokenizer)
    with transaction.atomic():
        # One of a person's after the other, or two at once would pass the limit.
        User.objects.select_for_update().get(pk=owner.pk)
        _refuse_too_many(owner)
        model.save()
    return model


def _refuse_too_many(owner: User) -> None:
    if HubModel.objects.filter(owner=owner, retired_at=None).count() >= HUB_MODELS_PER_OWNER:
        message = _("You have %(count)s models; retire one.") % {"count": HUB_MODELS_PER_OWNER}
        raise RepositoryRefused("repository", message)


def retire_hub_model(model: HubModel, *, now: datetime) -> None:
    """Start no run on it any more; its past runs stay."""
    HubModel.objects.filter(pk=model.pk, retired_at=None).update(retired_at=now)


def _config(found: Repository) -> dict[str, Any]:
    raw = found.read("config.json", limit=MODEL_CONFIG_BYTES)
    if raw is None:
        raise RepositoryRefused("repository", _("The repository has no config.json."))
    try:
        config = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise RepositoryRefused("repository", _("Its config.json cannot be read.")) from error
    if not isinstance(config, dict):
        raise RepositoryRefused("repository", _("Its config.json cannot be read."))
    return config


def _context(facts: HubModelFacts, shape: ModelShape) -> int:
    most = min(shape.max_positions, ENDPOINT_TOKENS_MAX)
    wanted = facts.context_tokens or most
    if wanted > most:
        raise RepositoryRefused(
            "context_tokens", _("Its config.json allows %(most)s tokens.") % {"most": f"{most:,}"}
        )
    return wanted


def _weight_bytes(found: Repository, config: dict[str, Any]) -> int:
    """Of the safetensors, as they weigh in bf16."""
    stored = sum(size for name, size in found.files.items() if name.endswith(".safetensors"))
    if not stored:
        message = _("The repository has no safetensors; other weights are never loaded here.")
        raise RepositoryRefused("repository", message)
    dtype = config.get("dtype") or config.get("torch_dtype")
    return max(1, stored * HALF // _ITEM_BYTES.get(str(dtype), HALF))


def _refuse_too_large(needed: int) -> None:
    """Where no worker with a card was seen lately, only what no machine has is refused."""
    largest = largest_memory()
    if needed > (largest or _BYTES_MAX):
        raise RepositoryRefused(
            "repository",
            _("It needs about %(needed)s GiB; this site’s largest worker has %(most)s.")
            % {"needed": -(-needed // GIB), "most": largest // GIB},
        )


def _tokenizer(found: Repository) -> bytes:
    data = found.read("tokenizer.json", limit=TOKENIZER_BYTES)
    if data is None:
        message = _("The repository has no tokenizer.json, by which prompts are counted and cut.")
        raise RepositoryRefused("repository", message)
    return data


def _chat_template(found: Repository) -> str:
    """The template's text; empty if there is none."""
    if (file := found.read("chat_template.jinja", limit=CHAT_TEMPLATE_BYTES)) is not None:
        return file.decode("utf-8", "replace")
    raw = found.read("tokenizer_config.json", limit=TOKENIZER_BYTES) or b"{}"
    try:
        told = json.loads(raw).get("chat_template") or ""
    except (ValueError, RecursionError, AttributeError):
        return ""
    text = told if isinstance(told, str) else json.dumps(told)
    if len(text) > CHAT_TEMPLATE_BYTES:
        raise RepositoryRefused("repository", _("Its chat template is too large."))
    return text


def _keep_tokenizer(name: str, data: bytes) -> None:
    """Where the planning of runs finds it; workers elsewhere fetch their own."""
    path = settings.TOKENIZERS_DIR / name.replace("/", "--") / "tokenizer.json"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        # Under a name of its own until it is whole: two may register the same model at once.
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as part:
            part.write(data)
        Path(part.name).replace(path)
