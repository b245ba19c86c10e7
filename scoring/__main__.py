"""Score prediction files and generate examples from a shell: no server, no database, no network."""

import argparse
import json
import sys
from collections.abc import Sequence

from scoring.generate import add_generate
from scoring.shell import add_score_options, check_score_options, results_json, results_table


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.  Returns 0, or 1 where a file could not be scored; 2 is wrong usage."""
    parser = _parser()
    options = parser.parse_args(arguments)
    return int(options.run(parser, options))


def _run_score(parser: argparse.ArgumentParser, options: argparse.Namespace) -> int:
    scorers = check_score_options(parser, options)
    # Late, so that --help answers at once.
    from scoring.predictions_file import score_file  # noqa: PLC0415

    results = [
        score_file(
            file,
            labels=options.labels,
            scorers=scorers,
            drop_first_number=options.drop_first_number,
        )
        for file in options.files
    ]
    text = json.dumps(results_json(results)) if options.json else results_table(results)
    encoding = sys.stdout.encoding
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")
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
    add_score_options(score)
    score.set_defaults(run=_run_score)
    add_generate(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
