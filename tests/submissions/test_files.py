"""Files under the hash of their content."""

from io import BytesIO
from pathlib import Path

from submissions.files import _name as stored_name
from submissions.files import _storage, read_stored, store_stream


def test_storing_a_damaged_file_again_mends_it() -> None:
    sha256, _size = store_stream(BytesIO(b"whole"))
    kept = Path(_storage().path(stored_name(sha256)))
    kept.write_bytes(b"hole")

    assert store_stream(BytesIO(b"whole"))[0] == sha256

    assert read_stored(sha256) == b"whole"
    assert [path.name for path in kept.parent.iterdir()] == [sha256]
