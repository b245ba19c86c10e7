"""Checks an export without Django or a database: `python -m audit FILE [--head NUMBER:HASH]`."""

import sys
from argparse import ArgumentParser
from pathlib import Path

from audit.chain import BrokenChain, Head, follow_lines


def main(arguments: list[str] | None = None) -> int:
    """Print the head of an export.  1 if it is broken, or ends elsewhere than was asked."""
    parser = ArgumentParser(prog="audit", description="Check an export of the audit log.")
    parser.add_argument("file", type=Path, help="what /audit.jsonl gave")
    parser.add_argument("--head", default="", help="the head that it must end with, NUMBER:HASH")
    options = parser.parse_args(arguments)
    try:
        with options.file.open(encoding="utf-8") as lines:
            head: Head = follow_lines(lines)
    except BrokenChain as error:
        sys.stderr.write(f"{options.file}: {error}\n")
        return 1
    if options.head and options.head != str(head):
        sys.stderr.write(f"{options.file}: it ends with {head}\n")
        return 1
    sys.stdout.write(f"{head.number} entries hold; head {head}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
