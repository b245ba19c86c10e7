"""How much faster one model's twelve files are scored than with rouge-score and json.

    python benchmarks/scoring.py [--json] [--rounds N]

Both sides run in this process, in one thread, in turn: they read the same files from disk, parse
them, and score every example by the authors' rules of June 2024 (official-2024-06).  The other
side is `straightforward.py`: the rouge-score package asked for rougeLsum alone, `json`, and the
rules in plain Python.  The authors' own scorer also has rouge1, rouge2 and rougeL computed and
throws them away; `ratio_with_all_rouge_types` is against that.
"""

import argparse
import subprocess
import sys
from pathlib import Path
from typing import Any

# Run as a script, Python looks beside this file, where `statistics` would be the library's name.
sys.path[0] = str(Path(__file__).resolve().parent.parent)

from benchmarks.measured import PUBLISHED, Seconds, least, machine, show, timed  # noqa: E402
from benchmarks.straightforward import score_folder  # noqa: E402
from scoring import SCORERS  # noqa: E402
from scoring.predictions_file import score_file  # noqa: E402

MODELS = ("gpt4", "kimi")
ALL_TYPES = ["rouge1", "rouge2", "rougeL", "rougeLsum"]
OURS_PER_ROUND = 10


def score_ours(folder: Path, scorers: list[str]) -> dict[str, list[float]]:
    """Per-example scores by task under the first of the scorers."""
    found = {}
    for path in sorted(folder.glob("preds_*.jsonl")):
        result = score_file(
            str(path),
            labels=None,
            scorers=[SCORERS[name] for name in scorers],
            drop_first_number=folder.name == "gpt4",
        )
        scores = result.scores or {}
        found[path.stem.removeprefix("preds_")] = list(scores[scorers[0]].scores)
    return found


def compare(folder: Path, rounds: int) -> dict[str, Any]:
    """Seconds of both sides on one model's files, and whether every score is the same."""
    one, every = ["official-2024-06"], list(SCORERS)
    is_identical = score_ours(folder, one) == score_folder(folder, ["rougeLsum"])
    plain: list[Seconds] = []
    ours: list[Seconds] = []
    three: list[Seconds] = []
    for _ in range(rounds):
        plain.append(timed(lambda: score_folder(folder, ["rougeLsum"])))
        ours += [timed(lambda: score_ours(folder, one)) for _ in range(OURS_PER_ROUND)]
        three += [timed(lambda: score_ours(folder, every)) for _ in range(OURS_PER_ROUND // 2)]
    upstream = timed(lambda: score_folder(folder, ALL_TYPES))
    slow, fast = least(plain), least(ours)
    return {
        "ratio": round(slow.cpu / fast.cpu, 1),
        "ratio_wall": round(slow.wall / fast.wall, 1),
        "ratio_with_all_rouge_types": round(upstream.cpu / fast.cpu, 1),
        "identical": is_identical,
        "cpu_seconds": {
            "straightforward": round(slow.cpu, 3),
            "straightforward, all ROUGE types": round(upstream.cpu, 3),
            "ours": round(fast.cpu, 4),
            "ours, all three scorers": round(least(three).cpu, 4),
        },
    }


def peak_of_ours() -> float:
    """MiB of the command-line scorer on both models' files with all scorers."""
    code = (
        "import sys\n"
        "from scoring.__main__ import main\n"
        "from benchmarks.measured import peak_mib\n"
        "main(['score', '--json', *sys.argv[1:]])\n"
        "print(peak_mib(), file=sys.stderr)"
    )
    files = [str(path) for model in MODELS for path in (PUBLISHED / model).glob("*.jsonl")]
    command = [sys.executable, "-c", code, *files]
    done = subprocess.run(command, cwd=sys.path[0], capture_output=True, text=True, check=True)
    return float(done.stderr)


def main() -> int:
    """Compare on each model's files; exit 1 where a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("--json", action="store_true", help="print JSON (the default)")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    if not PUBLISHED.is_dir():
        parser.error(f"the authors' published predictions are not at {PUBLISHED}")
    models = {name: compare(PUBLISHED / name, options.rounds) for name in MODELS}
    report = {
        "ratio": min(model["ratio"] for model in models.values()),
        "identical": all(model["identical"] for model in models.values()),
        "ratio_of": "processor seconds, the least of each side's runs, the worse model",
        "models": models,
        "peak_mib": peak_of_ours(),
        "inputs": {
            "files": {
                name: sum(path.stat().st_size for path in (PUBLISHED / name).glob("*.jsonl"))
                for name in MODELS
            },
            "scorer": "official-2024-06",
            "rounds": options.rounds,
            "runs_of_ours": options.rounds * OURS_PER_ROUND,
        },
        "versions": machine("rouge-score", "orjson"),
    }
    show(report)
    return 0 if report["identical"] and report["ratio"] >= 40 else 1


if __name__ == "__main__":
    sys.exit(main())
