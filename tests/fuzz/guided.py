"""The engine that follows code: atheris changes bytes towards branches that it has not seen.

    python -m tests.fuzz.guided --seconds 300 [--corpus DIR]

Prints one line of JSON at its end; libFuzzer stops it where it holds too much memory or one upload
takes ten seconds, and writes the upload that did it.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import NoReturn

import atheris

with atheris.instrument_imports(include=["submissions.intake"]):
    import submissions.intake.parse  # noqa: F401

from benchmarks.measured import peak_mib
from tests.fuzz.judge import Judge
from tests.fuzz.shapes import SEEDS, upload

MOST_MIB = 200
# Where the engine writes an upload that failed.
ARTEFACTS = Path(__file__).parents[2] / "build" / "fuzz"


class Provided:
    """Choices out of the engine's bytes."""

    def __init__(self, data: bytes) -> None:
        self._provider = atheris.FuzzedDataProvider(data)

    def number(self, most: int, /) -> int:
        """0 to `most`."""
        return int(self._provider.ConsumeIntInRange(0, most))

    def data(self) -> bytes:
        """Some of the bytes that are left."""
        return bytes(self._provider.ConsumeBytes(self.number(2_000)))

    def text(self) -> str:
        """Any text without surrogates."""
        return str(self._provider.ConsumeUnicodeNoSurrogates(20))


def main() -> None:
    """Let the engine run; it ends the process."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=int, required=True)
    parser.add_argument("--corpus", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as learned:
        corpus = options.corpus or Path(learned)
        corpus.mkdir(parents=True, exist_ok=True)
        for at, seed in enumerate(SEEDS):
            (corpus / f"seed-{at}").write_bytes(seed)
        _fuzz(Judge(Path(folder)), corpus, seconds=options.seconds)


def _fuzz(judge: Judge, corpus: Path, *, seconds: int) -> None:
    end = time.monotonic() + seconds
    ARTEFACTS.mkdir(parents=True, exist_ok=True)

    def ask(data: bytes) -> None:
        if time.monotonic() > end:
            _leave(judge)
        # An upload as it comes, then one that is made of the same bytes.
        judge.judge([("upload", data)])
        judge.judge(upload(Provided(data)))

    flags = [
        f"-rss_limit_mb={MOST_MIB}", "-timeout=10", "-max_len=4096", "-verbosity=0",
        f"-artifact_prefix={ARTEFACTS}/",
    ]  # fmt: skip
    atheris.Setup([sys.argv[0], *flags, str(corpus)], ask)
    atheris.Fuzz()


def _leave(judge: Judge) -> NoReturn:
    """Say what was done, and end the process: the engine itself neither returns nor tidies up."""
    counts = {name: getattr(judge, name) for name in ("executions", "refused", "aligned")}
    print(json.dumps({"engine": "atheris", **counts, "peak_mib": peak_mib()}), flush=True)  # noqa: T201
    os._exit(0)


if __name__ == "__main__":
    main()
