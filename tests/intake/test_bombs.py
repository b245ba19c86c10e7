"""Every bomb is refused for its reason before much was read; `benchmarks/bombs.py` times it."""

import cProfile
import io

import pytest

from submissions.intake import Unreadable, parse_upload
from tests.intake.bombs import BOMBS, MIB
from tests.intake.make import LITTLE

# What a refusal may take: calls of Python or C functions, which no busy machine makes more, and
# bytes read of the upload.  A second of processor time is several million calls.
MOST_CALLS = 700_000
MOST_BYTES = 3 * MIB


class Counted(io.BytesIO):
    """Bytes that count how many of them were read."""

    bytes_read = 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self.bytes_read += len(data)
        return data


@pytest.mark.parametrize("title", BOMBS)
def test_a_bomb_is_refused_early_with_its_reason(
    title: str,
) -> None:
    bomb = BOMBS[title]
    source = Counted(bomb.make())
    spool = io.BytesIO()
    profile = cProfile.Profile()

    with pytest.raises(Unreadable) as refused:
        profile.runcall(parse_upload, [(bomb.name, source)], suite=LITTLE, spool=spool)

    problem = next(each for each in refused.value.problems if each.code == bomb.code)
    assert problem.found.isprintable()
    assert problem.fix
    assert len(problem.file) < 500
    assert source.bytes_read <= MOST_BYTES
    assert sum(entry.callcount for entry in profile.getstats()) < MOST_CALLS
    assert len(spool.getvalue()) < MIB
