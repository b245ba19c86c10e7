"""`ibench score`: the portal's own scoring, on this machine; nothing is sent."""

import argparse
import json
from typing import Any

from tqdm import tqdm

from ibench.text import plain, write
from scoring.shell import add_score_options, check_score_options, results_json, results_table


def add_commands(commands: Any) -> None:
    """Add this room's command."""
    score = commands.add_parser(
        "score",
        help="score prediction files here, without sending anything",
        description="Scores as the portal does, with all its scorers. A file is named "
        "preds_<task>.jsonl or <task>.jsonl, or either with .gz.",
    )
    add_score_options(score)
    score.set_defaults(run=lambda options: _score(score, options))


def _score(parser: argparse.ArgumentParser, options: argparse.Namespace) -> int:
    scorers = check_score_options(parser, options)
    from scoring.predictions_file import score_file  # noqa: PLC0415  late: --help needs none

    results = []
    with tqdm(total=len(options.files), unit="file", disable=None, leave=False) as bar:
        for file in options.files:
            bar.set_description(plain(file))
            results.append(
                score_file(
                    file,
                    labels=options.labels,
                    scorers=scorers,
                    drop_first_number=options.drop_first_number,
                )
            )
            bar.update()
    if options.json:
        write(json.dumps(results_json(results)))
    else:
        for line in results_table(results).splitlines():
            write(plain(line))
    return 0 if all(result.scores is not None for result in results) else 1
