"""Small models on disk, as a repository of the Hub would hold them."""

from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import AutoModelForCausalLM, LlamaConfig, PreTrainedTokenizerFast

TEMPLATE = (
    "{% for one in messages %}<|{{ one.role }}|>{{ one.content }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
SPECIAL = ["<|end|>", "<|system|>", "<|user|>", "<|assistant|>"]


def byte_tokenizer() -> PreTrainedTokenizerFast:
    """A token a byte, and four that mark who speaks."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    file = Tokenizer(models.BPE(vocab={sign: at for at, sign in enumerate(alphabet)}, merges=[]))
    file.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    file.decoder = decoders.ByteLevel()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=file, eos_token="<|end|>")
    tokenizer.add_special_tokens({"additional_special_tokens": SPECIAL[1:]})
    tokenizer.chat_template = TEMPLATE
    return tokenizer


def random_model(
    folder: Path, *, context: int = 4096, seed: int = 7, inner: int = 128, layers: int = 2
) -> Path:
    """A Llama of 100,000 random weights with a byte tokenizer; its generation config samples.

    What reading takes grows with `inner`, the width of its gated layers.
    """
    torch.manual_seed(seed)
    tokenizer = byte_tokenizer()
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=64,
        intermediate_size=inner,
        num_hidden_layers=layers,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=context,
        eos_token_id=tokenizer.eos_token_id,
    )
    model = AutoModelForCausalLM.from_config(config, dtype=torch.float32)
    # What a repository may say and no run may follow.
    model.generation_config.update(
        do_sample=True, temperature=1.5, top_k=5, repetition_penalty=1.3, max_new_tokens=3
    )
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
