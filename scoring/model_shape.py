"""What a model's config.json says of its shape, and how much memory that takes: arithmetic only."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

HALF: Final = 2
"""Bytes of a number in bf16, in which models are run on a card."""

GIB: Final = 1 << 30
# Beside what is counted: kernels' workspaces, the allocator's rounding, the card's driver.
_SPARE_BYTES: Final = 4 * GIB
# Prompts longer than this are read in pieces of it.
_PIECE_TOKENS: Final = 16_384


class UnusualModel(ValueError):
    """A model is not of a kind that is run here; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelShape:
    """A decoder of text with full attention in every layer."""

    architecture: str
    layers: int
    hidden: int
    inner: int
    heads: int
    kv_heads: int
    head_dim: int
    vocabulary: int
    max_positions: int

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> "ModelShape":
        """Read a config.json.

        Raises:
            UnusualModel: for what is not run here, or is no such file.
        """
        if reason := unusual(config):
            raise UnusualModel(reason)
        heads = _count(config, "num_attention_heads")
        hidden = _count(config, "hidden_size")
        named = config.get("architectures")
        name = named[0] if isinstance(named, list) and named else config.get("model_type")
        return cls(
            architecture=str(name)[:80],
            layers=_count(config, "num_hidden_layers"),
            hidden=hidden,
            inner=_count(config, "intermediate_size"),
            heads=heads,
            kv_heads=_count(config, "num_key_value_heads", heads),
            head_dim=_count(config, "head_dim", hidden // heads),
            vocabulary=_count(config, "vocab_size"),
            max_positions=_count(config, "max_position_embeddings"),
        )

    def kv_bytes_a_token(self, itemsize: int = HALF) -> int:
        """Keys and values of one token over all layers, in bytes."""
        return 2 * self.layers * self.kv_heads * self.head_dim * itemsize

    def needed_bytes(self, weight_bytes: int, context_tokens: int) -> int:
        """What running it takes on cards: weights, one context, what reading needs, and a reserve.

        Args:
            weight_bytes: of all weights in bf16.
            context_tokens: prompt and answer together.
        """
        piece = min(context_tokens, _PIECE_TOKENS)
        reading = HALF * piece * (3 * self.inner + 6 * self.hidden)
        return weight_bytes + self.kv_bytes_a_token() * context_tokens + reading + _SPARE_BYTES


def unusual(config: Mapping[str, Any]) -> str:
    """Why a model with this config.json is not run here; empty if it is."""
    if config.get("auto_map"):
        return "it needs code of its own (auto_map), which is never run here"
    if config.get("quantization_config"):
        return "its weights are quantized"
    if config.get("is_encoder_decoder") or not (
        _is_count(config.get("num_hidden_layers")) and _is_count(config.get("num_attention_heads"))
    ):
        return "it is not a decoder of text"
    kinds = config.get("layer_types")
    if isinstance(kinds, list):
        is_partial = any(one != "full_attention" for one in kinds)
    else:
        is_partial = bool(config.get("sliding_window") and config.get("use_sliding_window", True))
    if is_partial:
        return "some of its layers see only a part of the context, or are recurrent"
    if config.get("attn_logit_softcapping"):
        return "its attention has a soft cap"
    return ""


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1 << 40


def _count(config: Mapping[str, Any], name: str, otherwise: int | None = None) -> int:
    value = config.get(name)
    if value is None and otherwise:
        return otherwise
    if not _is_count(value):
        raise UnusualModel(f"its config.json gives no {name}")
    return int(value)  # type: ignore[arg-type]
