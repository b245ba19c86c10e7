"""The real small model of these tests: SmolLM2-135M-Instruct as `make test-models` converts it."""

import os
from pathlib import Path

from tests import needs
from tests.portal import ROOT

NAME = "local/smollm2"


def smollm2() -> Path:
    """The folder of its files."""
    folder = ROOT / os.environ.get("REAL_MODEL", "build/models/smollm2")
    if not (folder / "model.safetensors").is_file():
        needs.absent("models", "SmolLM2 is not converted: `make test-models` does that")
    return folder


def models_dir(folder: Path) -> Path:
    """A folder of models that holds it as NAME."""
    place = folder / NAME
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(smollm2(), target_is_directory=True)
    return folder
