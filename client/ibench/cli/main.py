"""Reads the command line, runs one command, and turns what went wrong into an exit code."""

import argparse
import json
import sys
from collections.abc import Sequence

from ibench.cli import account, board, drafts, hosting, manage, score, submissions
from ibench.cli.show import show_error
from ibench.errors import IbenchError
from ibench.text import write

EXIT_CODES = """\
exit codes:
  0  done
  1  scoring failed, here or on the server
  2  wrong usage, or a file that cannot be read
  3  the server refused what was sent; it names files and lines
  4  not signed in, or not allowed
  5  no such thing
  6  quota used up, or too many requests; try again when it says
  7  the server could not be reached, or has a fault; try again
  8  not scored within --timeout
  130  interrupted

The site and the token come from `ibench login`; IBENCH_SITE and IBENCH_TOKEN go before them.
"""
INTERRUPTED = 130


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(
        prog="ibench",
        description="Score ∞-Bench predictions offline, submit them, watch and compare.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    for room in (account, score, submissions, drafts, hosting, manage, board):
        room.add_commands(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    options = parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except IbenchError as error:
        if getattr(options, "json", False):
            show = {"error": error.message, "code": error.code, "status": error.status}
            problems = [
                {"file": one.file, "line": one.line, "message": one.message, "fix": one.fix}
                for one in error.problems
            ]
            write(json.dumps({**show, "fix": error.fix, "problems": problems}), sys.stderr)
        else:
            show_error(error)
        return error.exit_code
    except KeyboardInterrupt:
        write("Interrupted. The same command goes on where this one stopped.", sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read has seen enough; Python must not complain when it flushes.
        sys.stderr.close()
        return 0


if __name__ == "__main__":
    sys.exit(main())
