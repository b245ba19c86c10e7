"""Uploads made to exhaust or to deceive, each with the code of the refusal that it deserves."""

import io
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

from tests.intake.make import PASSKEY, gz, lines, million_member_zip, row, tar_of, tarred, zipped

GOOD: Final = lines(row(0))
MIB: Final = 1024 * 1024
GIB: Final = 1024 * MIB
MILLION: Final = 1_000_000
LONG_NAME: Final = "n" * 4_090 + ".jsonl"


@dataclass(frozen=True, slots=True)
class Bomb:
    """An upload called `name`; `make` gives its bytes."""

    code: str
    name: str
    make: Callable[[], bytes]


def packed(chunk: bytes, times: int, *, wbits: int) -> bytes:
    """`chunk` times over as one deflate stream, without packing it so often.

    After a full flush nothing refers to what came before, so a packed block may be repeated.  The
    checksum at the end of a gzip is wrong; nobody who guards himself comes so far.
    """
    packer = zlib.compressobj(9, zlib.DEFLATED, wbits)
    start = packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(chunk) + packer.flush(zlib.Z_FULL_FLUSH)
    return start + block * times + packer.flush()


@cache
def ten_gigabytes(wbits: int, chunk: bytes = b"\0") -> bytes:
    """10 GiB of one character, packed to about 10 MB."""
    return packed(chunk * 16 * MIB, 640, wbits=wbits)


def raw_zip(members: Iterable[tuple[str, bytes, int]]) -> bytes:
    """A zip of entries that are packed already: name, deflate data, stated size."""
    body, directory = b"", b""
    for name, data, size in members:
        sizes = (0, len(data), min(size, 0xFFFFFFFE), len(name), 0)
        head = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 8, 0, 0, *sizes)
        entry = (b"PK\1\2", 20, 20, 0, 8, 0, 0, *sizes, 0, 0, 0, 0, len(body))
        directory += struct.pack("<4s6H3L5H2L", *entry) + name.encode()
        body += head + name.encode() + data
    count = directory.count(b"PK\1\2")
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(directory), len(body), 0)
    return body + directory + end


def nested_zip(depth: int = 5, width: int = 16, *, name: str = "lib {}.zip") -> bytes:
    """Zips in zips as 42.zip has them: 16 wide, 5 deep, 4 GiB of zeros at the bottom of each."""
    inner = raw_zip([("0.dll", packed(b"\0" * 16 * MIB, 256, wbits=-15), 4 * GIB)])
    for _ in range(depth):
        inner = zipped({name.format(f"{at:x}"): inner for at in range(width)})
    return inner


def nested_gzip(depth: int = 6) -> bytes:
    """Gzip in gzip: what comes out of one is the next."""
    data = ten_gigabytes(31)
    for _ in range(depth):
        data = gz(data)
    return data


def zip_entry(name: str, *, mode: int = 0, text: str = "/etc/passwd") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        info = zipfile.ZipInfo(name)
        info.external_attr = (mode | 0o777) << 16 if mode else 0
        archive.writestr(info, text)
    return buffer.getvalue()


def tar_named(name: str, *, form: int = tarfile.PAX_FORMAT) -> bytes:
    return tarred([(name, GOOD)], "w:", form)


def tar_of_ten_gigabytes() -> bytes:
    """A tar whose one file is 10 GiB of zeros, as gzip."""
    info = tarfile.TarInfo(PASSKEY)
    info.size = 10 * GIB
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    start = packer.compress(info.tobuf()) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(b"\0" * 16 * MIB) + packer.flush(zlib.Z_FULL_FLUSH)
    return start + block * 640 + packer.flush()


def tar_of_a_million() -> bytes:
    """A tar of a million folders, as gzip: 512 MB of headers."""
    headers = tar_of(tarfile.DIRTYPE, "a/")[:512] * 1_000
    return packed(headers, MILLION // 1_000, wbits=31)


def tar_stating_ten_gigabytes() -> bytes:
    info = tarfile.TarInfo(PASSKEY)
    info.size = 10 * GIB
    return info.tobuf() + GOOD


def gzip_with_name(name: bytes) -> bytes:
    """A gzip whose header carries a file name."""
    data = gz(GOOD)
    return data[:3] + b"\x08" + data[4:10] + name + b"\0" + data[10:-1]


BOMBS: Final[dict[str, Bomb]] = {
    # Nests.
    "42.zip": Bomb("nested-archive", "42.zip", nested_zip),
    "42.zip as predictions": Bomb(
        "nested-archive", "42.zip", lambda: nested_zip(name="preds_passkey{}.jsonl")
    ),
    "gzip in gzip": Bomb("nested-archive", PASSKEY + ".gz", nested_gzip),
    "zip in gzip": Bomb("nested-archive", PASSKEY + ".gz", lambda: gz(nested_zip(1))),
    "zip in tar": Bomb("nested-archive", "a.tar", lambda: tarred([("a.zip", nested_zip(1))], "w:")),
    "tar in tar": Bomb(
        "nested-archive",
        "a.tar",
        lambda: tarred([(PASSKEY, tarred([(PASSKEY, GOOD)], "w:"))], "w:"),
    ),
    "gzip tar in zip": Bomb(
        "nested-archive", "a.zip", lambda: zipped({PASSKEY: tarred([(PASSKEY, GOOD)])})
    ),
    # Ten gigabytes.
    "zip of 10 GB": Bomb(
        "too-compressed", "a.zip", lambda: raw_zip([(PASSKEY, ten_gigabytes(-15), 10 * GIB)])
    ),
    "zip of 10 GB of blank lines": Bomb(
        "too-many-rows", "a.zip", lambda: raw_zip([(PASSKEY, ten_gigabytes(-15, b"\n"), 10 * GIB)])
    ),
    "gzip of 10 GB": Bomb("too-compressed", PASSKEY + ".gz", lambda: ten_gigabytes(31)),
    "gzip of 10 GB of blank lines": Bomb(
        "too-many-rows", PASSKEY + ".gz", lambda: ten_gigabytes(31, b"\n")
    ),
    "gzip tar of 10 GB": Bomb("too-compressed", "a.tar.gz", tar_of_ten_gigabytes),
    "tar that states 10 GB": Bomb("truncated-archive", "a.tar", tar_stating_ten_gigabytes),
    # A million members.
    "zip of a million": Bomb("too-many-files", "a.zip", million_member_zip),
    "gzip tar of a million": Bomb("too-many-files", "a.tar.gz", tar_of_a_million),
    "gzip of a million parts": Bomb("too-many-parts", PASSKEY + ".gz", lambda: gz(b"") * MILLION),
    # What is no file.
    "zip symlink": Bomb("special-entry", "a.zip", lambda: zip_entry(PASSKEY, mode=stat.S_IFLNK)),
    "zip character device": Bomb(
        "special-entry", "a.zip", lambda: zip_entry(PASSKEY, mode=stat.S_IFCHR)
    ),
    "zip block device": Bomb(
        "special-entry", "a.zip", lambda: zip_entry(PASSKEY, mode=stat.S_IFBLK)
    ),
    "zip pipe": Bomb("special-entry", "a.zip", lambda: zip_entry(PASSKEY, mode=stat.S_IFIFO)),
    "tar symlink": Bomb("special-entry", "a.tar", lambda: tar_of(tarfile.SYMTYPE)),
    "tar hard link": Bomb("special-entry", "a.tar", lambda: tar_of(tarfile.LNKTYPE)),
    "tar character device": Bomb("special-entry", "a.tar", lambda: tar_of(tarfile.CHRTYPE)),
    "tar block device": Bomb("special-entry", "a.tar", lambda: tar_of(tarfile.BLKTYPE)),
    "tar pipe": Bomb("special-entry", "a.tar", lambda: tar_of(tarfile.FIFOTYPE)),
    "tar sparse file": Bomb("special-entry", "a.tar", lambda: tar_of(tarfile.GNUTYPE_SPARSE)),
    # Names.
    "zip absolute": Bomb("unsafe-path", "a.zip", lambda: zipped({"/etc/" + PASSKEY: GOOD})),
    "zip of a drive": Bomb("unsafe-path", "a.zip", lambda: zipped({"C:" + PASSKEY: GOOD})),
    "zip climbing": Bomb("unsafe-path", "a.zip", lambda: zipped({"../../" + PASSKEY: GOOD})),
    "zip climbing by backslash": Bomb(
        "unsafe-path", "a.zip", lambda: zipped({"..\\..\\" + PASSKEY: GOOD})
    ),
    "zip colliding": Bomb(
        "name-collision", "a.zip", lambda: zipped({PASSKEY: GOOD, PASSKEY.upper(): GOOD})
    ),
    "zip of 4,096 characters": Bomb("bad-name", "a.zip", lambda: zipped({LONG_NAME: GOOD})),
    "zip with a terminal escape": Bomb(
        "bad-name", "a.zip", lambda: zipped({"\x1b]0;x\x07" + PASSKEY: GOOD})
    ),
    "tar absolute": Bomb("unsafe-path", "a.tar", lambda: tar_named("/etc/" + PASSKEY)),
    "tar climbing": Bomb("unsafe-path", "a.tar", lambda: tar_named("../../" + PASSKEY)),
    "tar colliding": Bomb(
        "name-collision", "a.tar", lambda: tarred([(PASSKEY, GOOD), (PASSKEY.upper(), GOOD)], "w:")
    ),
    "tar of 4,096 characters": Bomb("bad-name", "a.tar", lambda: tar_named(LONG_NAME)),
    "GNU tar of 4,096 characters": Bomb(
        "bad-name", "a.tar", lambda: tar_named(LONG_NAME, form=tarfile.GNU_FORMAT)
    ),
    "upload of 4,096 characters": Bomb("bad-name", LONG_NAME, lambda: GOOD),
    "upload climbing": Bomb("unsafe-path", "../" + PASSKEY, lambda: GOOD),
    # Cut short.
    "zip cut": Bomb("broken-archive", "a.zip", lambda: zipped({PASSKEY: GOOD * 99})[:-30]),
    "zip without a head": Bomb(
        "broken-archive", "a.zip", lambda: b"PK\3\4" + zipped({PASSKEY: GOOD * 99})[40:]
    ),
    "tar cut": Bomb("truncated-archive", "a.tar", lambda: tar_named(PASSKEY)[:600]),
    "gzip tar cut": Bomb("truncated-archive", "a.tgz", lambda: tarred([(PASSKEY, GOOD)])[:-9]),
    "gzip cut": Bomb("truncated-archive", PASSKEY + ".gz", lambda: gz(GOOD)[:-4]),
    "gzip cut within a name": Bomb(
        "truncated-archive", PASSKEY + ".gz", lambda: gzip_with_name(b"../" * MIB)[: 2 * MIB]
    ),
    # Of another kind than they say.
    "zip called text": Bomb("misnamed-file", PASSKEY, lambda: zipped({PASSKEY: GOOD})),
    "zip called tar": Bomb("misnamed-file", "a.tar", lambda: zipped({PASSKEY: GOOD})),
    "tar called zip": Bomb("misnamed-file", "a.zip", lambda: tar_named(PASSKEY)),
    "gzip tar called text": Bomb("misnamed-file", PASSKEY, lambda: tarred([(PASSKEY, GOOD)])),
    "gzip called zip": Bomb("misnamed-file", "a.zip", lambda: gz(GOOD)),
    "text called gzip": Bomb("misnamed-file", PASSKEY + ".gz", lambda: GOOD),
    "text called zip": Bomb("misnamed-file", "a.zip", lambda: GOOD),
}
