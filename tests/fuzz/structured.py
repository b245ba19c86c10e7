"""The engine that knows archives: Hypothesis draws the choices, and makes a failure small.

    python -m tests.fuzz.structured --seconds 300

Prints one line of JSON at its end.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.measured import peak_mib
from tests.fuzz.judge import Judge
from tests.fuzz.shapes import upload

# Hypothesis may not be stopped within a round: the time is looked at between them.
ROUND = 200


class Drawn:
    """Choices out of Hypothesis."""

    def __init__(self, data: st.DataObject) -> None:
        self._draw = data.draw

    def number(self, most: int, /) -> int:
        """0 to `most`."""
        return self._draw(st.integers(0, most))

    def data(self) -> bytes:
        """Any bytes."""
        return self._draw(st.binary(max_size=600))

    def text(self) -> str:
        """Any text."""
        return self._draw(st.text(max_size=20))


def main() -> None:
    """Draw uploads until the time is over."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, required=True)
    end = time.monotonic() + parser.parse_args().seconds
    with tempfile.TemporaryDirectory() as folder:
        judge = Judge(Path(folder))

        @settings(
            max_examples=ROUND,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(data=st.data())
        def ask(data: st.DataObject) -> None:
            judge.judge(upload(Drawn(data)))

        while time.monotonic() < end:
            ask()
    counts = {name: getattr(judge, name) for name in ("executions", "refused", "aligned")}
    print(json.dumps({"engine": "hypothesis", **counts, "peak_mib": peak_mib()}))  # noqa: T201


if __name__ == "__main__":
    main()
