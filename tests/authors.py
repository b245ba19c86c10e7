"""The authors' published predictions and their own scores of them."""

import json
import zipfile
from pathlib import Path

from scoring import SUITES
from tests import needs

COMMITS = {"official-2024-06": "88b3daa", "official-2024-09": "51d9b37"}


def means(model: str, scorer: str) -> dict[str, float]:
    """The authors' own mean of each task that the model was run on."""
    scores = json.loads((needs.shared_data() / "official" / "scores.json").read_text())
    return {
        task: scores[f"{model}/{task}"]["mean"][COMMITS[scorer]]
        for task in SUITES["infinitebench"].slugs
        if f"{model}/{task}" in scores
    }


def zip_of(model: str, folder: Path) -> Path:
    """A model's files in one zip archive, byte for byte."""
    archive = folder / f"{model}.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in sorted((needs.shared_data() / "published" / model).iterdir()):
            packed.write(path, f"{model}/{path.name}")
    return archive
