"""From random choices to an upload: bytes as they come, or wrapped as gzip, zip or tar.

Both engines make their uploads here, so that neither stops at a checksum or at a compression.
"""

import io
import tarfile
import warnings
import zipfile
from collections.abc import Sequence
from typing import Final, Protocol

from tests.intake.make import PASSKEY, gz, lines, row, tarred, zipped

ROWS: Final = lines(
    row(0, "a", ground_truth=["x"]), row("q", "救星"), {"pred": "b", "task": "passkey"}
)
WHOLE: Final = lines(row(0), row(1), row(2, "no", ground_truth=["answer 2"]))
SEEDS: Final[Sequence[bytes]] = (
    WHOLE,
    zipped({PASSKEY: WHOLE}),
    ROWS,
    gz(ROWS),
    zipped({"kimi/" + PASSKEY: ROWS, "b.jsonl.gz": gz(ROWS)}),
    zipped({PASSKEY: ROWS}, 0),
    tarred([("é" * 60 + "/" + PASSKEY, ROWS), (PASSKEY, ROWS)], "w:"),
    tarred([("n" * 150 + PASSKEY, ROWS)], "w:", tarfile.GNU_FORMAT),
    tarred([(PASSKEY, ROWS)]),
    b'[{"id": 1, "prediction": "x"}, {"id": 2}]',
    b'{"prediction": 1e999, "id": -0}{"a":',
    "\ufeff".encode() + ROWS,
    ROWS.decode().encode("utf-16"),
)
NAMES: Final = (
    PASSKEY, "passkey.jsonl.gz", "a.zip", "a.tar", "a.tgz", "upload", "kv_retrieval.json",
    "../x.jsonl", "preds_longbook_qa_eng.JSONL", "", "preds", "pred.zip",
)  # fmt: skip


class Choices(Protocol):
    """What an engine draws from."""

    def number(self, most: int, /) -> int:
        """0 to `most`."""

    def data(self) -> bytes:
        """Any bytes, few thousand at most."""

    def text(self) -> str:
        """Any text, few dozen characters."""


def upload(choices: Choices) -> list[tuple[str, bytes]]:
    """One or two files, each with a name that may or may not say what it is."""
    return [_file(choices) for _ in range(1 + (choices.number(7) == 0))]


def _file(choices: Choices) -> tuple[str, bytes]:
    return _name(choices), _content(choices, depth=2)


def _name(choices: Choices) -> str:
    at = choices.number(2 * len(NAMES))
    if at == 2 * len(NAMES):
        return choices.text()
    return NAMES[at] if at < len(NAMES) else PASSKEY


def _content(choices: Choices, *, depth: int) -> bytes:
    """Bytes, or a container of what is drawn again."""
    kind = choices.number(7) if depth else 0
    if kind <= 1:
        return choices.data()
    if kind == 2:
        return _edited(SEEDS[choices.number(len(SEEDS) - 1)], choices)
    if kind == 3:
        return gz(_content(choices, depth=depth - 1))
    if kind == 4:
        return _edited(gz(_content(choices, depth=depth - 1)), choices)
    if kind == 5:
        return _edited(_zip(choices, depth=depth - 1), choices)
    return _edited(_tar(choices, depth=depth - 1), choices)


def _zip(choices: Choices, *, depth: int) -> bytes:
    buffer = io.BytesIO()
    with (
        warnings.catch_warnings(),
        zipfile.ZipFile(buffer, "w", choices.number(1) * zipfile.ZIP_DEFLATED) as archive,
    ):
        # A name may come twice, on purpose.
        warnings.simplefilter("ignore")
        for _ in range(choices.number(3)):
            info = zipfile.ZipInfo(_name(choices).encode(errors="replace").decode() or "x")
            info.external_attr = choices.number(0xFFFF) << 16 if choices.number(3) == 0 else 0
            archive.writestr(info, _content(choices, depth=depth))
    return buffer.getvalue()


def _tar(choices: Choices, *, depth: int) -> bytes:
    buffer = io.BytesIO()
    form = (tarfile.PAX_FORMAT, tarfile.GNU_FORMAT)[choices.number(1)]
    with tarfile.open(fileobj=buffer, mode="w", format=form, errors="replace") as archive:
        for _ in range(choices.number(3)):
            info = tarfile.TarInfo(_name(choices))
            data = _content(choices, depth=depth)
            info.type = bytes([choices.number(0x7F)]) if choices.number(3) == 0 else tarfile.REGTYPE
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def _edited(data: bytes, choices: Choices) -> bytes:
    """The same with a few bytes changed, or its end cut off; half of them are left as they are."""
    edited = bytearray(data)
    for _ in range(max(0, choices.number(7) - 3)):
        if edited:
            at = choices.number(len(edited) - 1)
            edited[at] = choices.number(255)
    if choices.number(7) == 0:
        del edited[choices.number(len(edited)) :]
    return bytes(edited)
