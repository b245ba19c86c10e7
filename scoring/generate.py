"""The command that writes generated examples: no server, no database, no network."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from scoring.lengths import read_length, show_length

if TYPE_CHECKING:
    from scoring.types import Suite


def add_generate(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its options."""
    generate = commands.add_parser(
        "generate",
        help="write examples of any length, from a seed",
        description="Writes <task>.jsonl for each task, in the dataset's own schema.  The same "
        "options give the same bytes on any machine.  Several lengths go to a folder each.",
    )
    generate.add_argument(
        "--tokens",
        required=True,
        type=_lengths,
        metavar="LENGTHS",
        help="of the contexts, by GPT-4's tokenizer: 4k or 4k,128k,1m",
    )
    generate.add_argument(
        "--per-task", required=True, type=_count, metavar="N", help="how many examples a task"
    )
    generate.add_argument("--seed", required=True, type=int, help="any whole number")
    generate.add_argument("--out", required=True, type=Path, metavar="DIR", help="made if absent")
    generate.add_argument("--suite", default="infinitebench", help="whose tasks (%(default)s)")
    generate.add_argument(
        "--task", action="append", metavar="SLUG", help="only this task; may be repeated"
    )
    generate.add_argument("--name", default="", help="put before every id; ids are numbers without")
    generate.add_argument(
        "--skip-trials",
        action="store_true",
        help="do not run the planted crashes of Code.Debug to see that they crash",
    )
    generate.add_argument("--json", action="store_true", help="print JSON with every file's hash")
    generate.set_defaults(run=run_generate)


def run_generate(parser: argparse.ArgumentParser, options: argparse.Namespace) -> int:
    """Write the files and say what they are.  Returns 0, or 1 where that failed."""
    # Late, so that --help answers at once.
    from scoring.examples_file import CannotGenerate, Edition, write_task  # noqa: PLC0415
    from scoring.sandbox import TrialFailed  # noqa: PLC0415

    suite = _chosen_suite(parser, options)
    written = []
    try:
        for tokens in options.tokens:
            several = len(options.tokens) > 1
            folder = options.out / show_length(tokens) if several else options.out
            folder.mkdir(parents=True, exist_ok=True)
            edition = Edition(options.seed, tokens, options.per_task, options.name)
            for slug in options.task or suite.slugs:
                file = write_task(folder, suite, slug, edition, run_trials=not options.skip_trials)
                written.append(file)
                if not options.json:
                    sys.stdout.write(f"{file.sha256}  {file.size_bytes:>12}  {file.path}\n")
    except (CannotGenerate, TrialFailed, OSError) as error:
        sys.stderr.write(f"{parser.prog}: {error}\n")
        return 1
    if options.json:
        files = [
            {"file": str(file.path), "sha256": file.sha256, "bytes": file.size_bytes}
            for file in written
        ]
        sys.stdout.write(json.dumps({"files": files}) + "\n")
    return 0


def _chosen_suite(parser: argparse.ArgumentParser, options: argparse.Namespace) -> "Suite":
    from scoring.suites import SUITES  # noqa: PLC0415  late, as above

    if options.suite not in SUITES:
        parser.error(f"--suite: {options.suite!r} is none of {', '.join(SUITES)}")
    suite = SUITES[options.suite]
    for slug in options.task or ():
        if slug not in suite.slugs:
            parser.error(f"--task: {slug!r} is none of {', '.join(suite.slugs)}")
    return suite


def _lengths(text: str) -> list[int]:
    try:
        lengths = [read_length(part) for part in text.split(",")]
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    if len(set(lengths)) < len(lengths):
        raise argparse.ArgumentTypeError(f"{text!r} names a length twice")
    return lengths


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 100_000:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to 100000")
    return int(text)
