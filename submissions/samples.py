"""Sample predictions of a generated release: a weak and a strong baseline, ready to upload."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import orjson
from django.core.files.base import File
from django.core.files.storage import storages

from scoring import Suite
from scoring.drafts import GeneratorKit
from submissions.sources import are_files_shared

# The strong baseline reads this share of each context, so that it is not right everywhere.
READ_SHARE = 0.75
# One date for all entries, so that the same predictions give the same bytes.
_DATE = (2026, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Sample:
    """A file of predictions to try the portal with; weights as a person would say them."""

    slug: str
    file: str


SAMPLES = (
    Sample("constant", "constant-answer.zip"),
    Sample("reader", "three-quarters-reader.zip"),
)


def samples_folder(folder: Path) -> Path:
    """Where the samples of a release lie, beside its files."""
    return folder / "samples"


def write_samples(folder: Path, suite: Suite) -> None:
    """Write the predictions of both baselines on the files of a folder.

    Raises:
        ValueError: if the suite has no baselines.
    """
    if suite.load_generators is None:
        raise ValueError(f"{suite.name} has no baselines")
    kit = suite.load_generators()
    target = samples_folder(folder)
    target.mkdir(exist_ok=True)
    for sample in SAMPLES:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for task in suite.slugs:
                rows = b"".join(_predictions(folder / f"{task}.jsonl", task, sample, kit))
                archive.writestr(zipfile.ZipInfo(f"preds_{task}.jsonl", _DATE), rows)
        (target / sample.file).write_bytes(packed.getvalue())
        if are_files_shared():
            packed.seek(0)
            storages["content"].save(_kept_name(folder.name, sample), File(packed))


def has_sample(folder: Path, sample: Sample) -> bool:
    """Whether a release's predictions of a baseline are on this machine or in the bucket."""
    if (samples_folder(folder) / sample.file).is_file():
        return True
    return are_files_shared() and storages["content"].exists(_kept_name(folder.name, sample))


def open_sample(folder: Path, sample: Sample) -> IO[bytes]:
    """Open a release's predictions of a baseline.

    Raises:
        FileNotFoundError: if there are none.
    """
    path = samples_folder(folder) / sample.file
    if path.is_file() or not are_files_shared():
        return path.open("rb")
    return storages["content"].open(_kept_name(folder.name, sample), "rb")


def _kept_name(release: str, sample: Sample) -> str:
    return f"samples/{release}/{sample.file}"


def _predictions(path: Path, task: str, sample: Sample, kit: GeneratorKit) -> Iterator[bytes]:
    with path.open("rb") as stream:
        for line in stream:
            row = orjson.loads(line)
            if sample.slug == "constant":
                prediction = kit.constants[task]
            else:
                part = row["context"][: int(READ_SHARE * len(row["context"]))]
                prediction = kit.readers[task](part, row["input"], row["options"])
            yield orjson.dumps({"id": row["id"], "prediction": prediction}) + b"\n"
