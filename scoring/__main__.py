"""Score prediction files and generate examples from a shell: no server, no database, no network."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from scoring.generate import add_generate

if TYPE_CHECKING:
    from scoring.predictions_file import FileScore
    from scoring.types import Scorer


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.  Returns 0, or 1 where a file could not be scored; 2 is wrong usage."""
    parser = _parser()
    options = parser.parse_args(arguments)
    return int(options.run(parser, options))


def _run_score(parser: argparse.ArgumentParser, options: argparse.Namespace) -> int:
    if options.labels is not None and not options.labels.is_dir():
        parser.error(f"--labels: {options.labels} is no folder")
    # Late, so that --help answers at once.
    from scoring.predictions_file import score_file  # noqa: PLC0415

    scorers = _chosen_scorers(parser, options.scorer)
    results = [
        score_file(
            file,
            labels=options.labels,
            scorers=scorers,
            drop_first_number=options.drop_first_number,
        )
        for file in options.files
    ]
    show = _show_json if options.json else _show_table
    show(results)
    return 0 if all(result.scores is not None for result in results) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m scoring",
        description="Score prediction files and generate examples without a server.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    score = commands.add_parser(
        "score",
        help="score one or more files of predictions",
        description="A file is named preds_<task>.jsonl or <task>.jsonl, or either with .gz.",
    )
    score.add_argument("files", nargs="+", metavar="FILE")
    labels = score.add_mutually_exclusive_group()
    labels.add_argument(
        "--labels", type=Path, metavar="DIR", help="folder with <task>.jsonl of ids and answers"
    )
    labels.add_argument(
        "--labels-from-file",
        action="store_true",
        help="use the references in the files themselves (the default)",
    )
    score.add_argument(
        "--scorer", action="append", metavar="NAME", help="only this scorer; may be repeated"
    )
    score.add_argument("--json", action="store_true", help="print JSON with every score")
    score.add_argument(
        "--drop-first-number",
        action="store_true",
        help="declare that the model repeats the first operand in Math.Calc, "
        "as the authors do for gpt4",
    )
    score.set_defaults(run=_run_score)
    add_generate(commands)
    return parser


def _chosen_scorers(parser: argparse.ArgumentParser, names: Sequence[str] | None) -> list["Scorer"]:
    from scoring.suites import SCORERS  # noqa: PLC0415  late, as above

    for name in names or ():
        if name not in SCORERS:
            parser.error(f"--scorer: {name!r} is none of {', '.join(SCORERS)}")
    return [scorer for name, scorer in SCORERS.items() if not names or name in names]


def _show_json(results: list["FileScore"]) -> None:
    files = [_as_json(result) for result in results]
    sys.stdout.write(json.dumps({"files": files}) + "\n")


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


def _show_table(results: list["FileScore"]) -> None:
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
    text = "\n".join(lines) + "\n"
    sys.stdout.write(
        text.encode(sys.stdout.encoding, "backslashreplace").decode(sys.stdout.encoding)
    )


if __name__ == "__main__":
    sys.exit(main())
