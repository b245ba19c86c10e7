"""What must hold of every upload: it is read or refused, in little memory, and leaves no file."""

import io
import tempfile
from pathlib import Path

from submissions.intake import Refused, align, parse_upload, recognise_release
from tests.intake.make import LITTLE, item_set, release, small

TIGHT = small(unpacked_bytes=100_000, members=9, rows=50, line_bytes=5_000)
RELEASES = [
    release(item_set([0, 1, 2])),
    release(item_set(["q", 7], ["x", "y"]), name="legacy"),
]


class Judge:
    """Sends uploads through the whole intake, and counts how they fared."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # Where a temporary file would go, should somebody make one.
        tempfile.tempdir = str(folder)
        self.executions = self.refused = self.aligned = 0

    def judge(self, files: list[tuple[str, bytes]]) -> None:
        """Anything but a result or `Refused` rises, and so does a file that was left behind."""
        self.executions += 1
        refusal = None
        try:
            self._take(files)
            self.aligned += 1
        except Refused as refused:
            refusal = refused
        if refusal is not None:
            self.refused += 1
            assert 0 < len(refusal.problems) <= refusal.total
            for problem in refusal.problems:
                assert f"{problem.file}{problem.found}".isprintable(), problem
        assert not list(self.folder.iterdir())

    def _take(self, files: list[tuple[str, bytes]]) -> None:
        streams = [(name, io.BytesIO(data)) for name, data in files]
        parsed = parse_upload(streams, suite=LITTLE, spool=io.BytesIO(), limits=TIGHT)
        name = recognise_release(parsed, RELEASES, preferred=None)
        chosen = next(each for each in RELEASES if each.name == name)
        align(parsed, chosen, others=RELEASES)
