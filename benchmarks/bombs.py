"""How long a hostile upload keeps the portal busy: processor time and memory of each refusal.

    python benchmarks/bombs.py [--runs N]

The table is the tests' own (`tests/intake/bombs.py`); the least of N runs counts.
"""

import argparse
import io
import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)

from benchmarks.measured import Seconds, least, machine, peak_mib, show, timed  # noqa: E402
from submissions.intake import Unreadable, parse_upload  # noqa: E402
from tests.intake.bombs import BOMBS  # noqa: E402
from tests.intake.make import LITTLE  # noqa: E402

PROMISED_SECONDS = 1.0


def main() -> int:
    """Measure; exit 1 where a refusal took a second."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    seconds = {title: least(_refused(title, options.runs)) for title in BOMBS}
    slowest = max(seconds, key=lambda title: seconds[title].cpu)
    promises = {
        "each refused in under a second": all(
            one.cpu < PROMISED_SECONDS for one in seconds.values()
        )
    }
    show(
        {
            "promises": promises,
            "bombs": len(seconds),
            "slowest": {slowest: round(seconds[slowest].cpu, 3)},
            "cpu_seconds": {title: round(one.cpu, 4) for title, one in seconds.items()},
            "peak_mib": peak_mib(),
            "inputs": {"runs": options.runs},
            "versions": machine(),
        }
    )
    return 0 if all(promises.values()) else 1


def _refused(title: str, runs: int) -> list[Seconds]:
    bomb = BOMBS[title]
    data = bomb.make()

    def refuse() -> None:
        try:
            parse_upload([(bomb.name, io.BytesIO(data))], suite=LITTLE, spool=io.BytesIO())
        except Unreadable as refused:
            if bomb.code in refused.codes:
                return
        raise AssertionError(f"{title} was not refused as {bomb.code}")

    return [timed(refuse) for _ in range(runs)]


if __name__ == "__main__":
    sys.exit(main())
