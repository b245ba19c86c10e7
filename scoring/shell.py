"""What every shell that scores files shares: its options, its table and its JSON."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scoring.predictions_file import FileScore
    from scoring.types import Scorer


def add_score_options(parser: argparse.ArgumentParser) -> None:
    """Let a parser take files, and say what they are scored against and by which scorers."""
    parser.add_argument("files", nargs="+", metavar="FILE")
    labels = parser.add_mutually_exclusive_group()
    labels.add_argument(
        "--labels", type=Path, metavar="DIR", help="folder with <task>.jsonl of ids and answers"
    )
    labels.add_argument(
        "--labels-from-file",
        action="store_true",
        help="use the references in the files themselves (the default)",
    )
    parser.add_argument(
        "--scorer", action="append", metavar="NAME", help="only this scorer; may be repeated"
    )
    parser.add_argument("--json", action="store_true", help="print JSON with every score")
    parser.add_argument(
        "--drop-first-number",
        action="store_true",
        help="declare that the model repeats the first operand in Math.Calc, "
        "as the authors do for gpt4",
    )


def check_score_options(
    parser: argparse.ArgumentParser, options: argparse.Namespace
) -> list["Scorer"]:
    """The chosen scorers; wrong usage ends the program."""
    if options.labels is not None and not options.labels.is_dir():
        parser.error(f"--labels: {options.labels} is no folder")
    # Late, so that --help answers at once.
    from scoring.suites import SCORERS  # noqa: PLC0415

    for name in options.scorer or ():
        if name not in SCORERS:
            parser.error(f"--scorer: {name!r} is none of {', '.join(SCORERS)}")
    chosen = options.scorer
    return [scorer for name, scorer in SCORERS.items() if not chosen or name in chosen]


def results_json(results: Sequence["FileScore"]) -> dict[str, object]:
    """Every file's scores and problems, as values that JSON has."""
    return {"files": [_as_json(result) for result in results]}


def _as_json(result: "FileScore") -> dict[str, object]:
    scores = result.scores or {}
    return {
        "file": result.file,
        "task": result.task,
        "n": next((score.n for score in scores.values()), 0),
        "problems": [
            {"line": each.line, "code": each.code, "message": each.message, "fix": each.fix}
            for each in result.problems
        ],
        "scorers": {
            name: {"mean": score.mean, "scores": list(score.scores)}
            for name, score in scores.items()
        },
    }


def results_table(results: Sequence["FileScore"]) -> str:
    """One line a file: its name, how many examples, and the mean in percent by scorer."""
    names = list(dict.fromkeys(name for result in results for name in result.scores or {}))
    width = max(len(result.file) for result in results)
    lines = ["  ".join([f"{'file':{width}}", f"{'n':>5}", *(f"{name:>16}" for name in names)])]
    for result in results:
        scores = result.scores or {}
        n = next((score.n for score in scores.values()), 0)
        means = [f"{100 * scores[name].mean:>16.4f}" if name in scores else "" for name in names]
        lines.append("  ".join([f"{result.file:{width}}", f"{n:>5}", *means]).rstrip())
    for result in results:
        lines += [f"{result.file}: {each.message}  {each.fix}" for each in result.problems]
    return "\n".join(lines)
