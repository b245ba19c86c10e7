"""Opens what was uploaded and hands over each text inside it, whatever it was packed in."""

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from submissions.intake import zip_archive
from submissions.intake.budget import Budget, Damaged, Readable
from submissions.intake.formats import (
    ARCHIVE_ENDINGS,
    TEXT_ENDINGS,
    USUAL_ENDING,
    Format,
    Peekable,
    claimed_format,
    is_tar,
    is_zip,
    other_format,
)
from submissions.intake.gzip_stream import GZIP_MAGIC, GzipStream
from submissions.intake.names import NameBook, base_name, is_system_file, label
from submissions.intake.problems import Place, ProblemList, StopFile
from submissions.intake.tar_archive import TarArchive

Spend = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Text:
    """One prediction file: its name, as its sender knows it, and its unpacked bytes."""

    name: str
    file: str
    stream: Peekable


class Members:
    """Walks uploads.  Each text is handed to `take`, which reads it before the walk goes on."""

    def __init__(
        self, take: Callable[[Text], None], *, problems: ProblemList, budget: Budget
    ) -> None:
        self._take = take
        self._problems = problems
        self._budget = budget
        self._limits = budget.limits
        self._names = NameBook(problems, budget.limits.name_chars)
        self.texts = 0

    def walk(self, files: Sequence[tuple[str, IO[bytes]]]) -> None:
        """Read every upload, noting problems.  Raises: StopUpload at a limit."""
        sizes = [_size(source) for _, source in files]
        most = self._limits.compressed_bytes
        if sum(sizes) > most:
            self._budget.stop("too-large", label(files[0][0]), f"{sum(sizes):,} bytes", most)
        for (name, source), size in zip(files, sizes, strict=True):
            with self._guard(label(name)):
                self._walk_upload(name, source, size)

    @contextmanager
    def _guard(self, file: str) -> Iterator[None]:
        """Let what is wrong with `file` end the reading of that file only."""
        try:
            yield
        except StopFile:
            return
        except Damaged as damage:
            limits = self._limits
            limit = limits.gzip_parts if damage.code == "too-many-parts" else limits.members
            self._problems.error(damage.code, Place(damage.file), damage.found, limit=f"{limit:,}")
            if damage.file != file:
                raise StopFile from None

    def _walk_upload(self, name: str, source: IO[bytes], size: int) -> None:
        file = label(name)
        self._budget.count_member(file)
        self._names.enter(name, file)
        if not size:
            self._refuse("empty-file", file, "0 bytes")
        source.seek(0)
        spend = self._budget.meter(file, source.tell)
        content = Peekable(source)
        if is_zip(content.peek()):
            self._check_claim(name, file, "zip")
            self._walk_zip(name, source, spend)
        elif content.peek().startswith(GZIP_MAGIC):
            self._walk_gzip(name, content, spend)
        elif is_tar(content.peek()):
            self._check_claim(name, file, "tar")
            self._walk_tar(name, content, spend)
        else:
            self._check_claim(name, file, "text")
            self._hand_over(name, file, content)

    def _walk_gzip(self, name: str, packed: Readable, spend: Spend) -> None:
        file = label(name)
        content = self._gunzip(packed, file, spend)
        if is_tar(content.peek()):
            self._check_claim(name, file, "gzip tar")
            self._walk_tar(name, content, spend)
        else:
            self._check_claim(name, file, "gzip text")
            self._hand_over(name, file, content)

    def _walk_zip(self, name: str, source: IO[bytes], spend: Spend) -> None:
        most = self._limits.zip_directory_bytes
        archive = zip_archive.ZipArchive(source, file=label(name), directory_bytes=most)
        for _ in archive.entries:
            self._budget.count_member(label(name))
        archive.refuse_overlaps()
        for entry in archive.entries:
            inner = zip_archive.entry_name(entry)
            if zip_archive.is_folder(entry) or is_system_file(inner):
                continue
            file = label(name, inner)
            with self._guard(file):
                content = archive.open(entry, file=file, spend=spend)
                self._take_member(inner, file, content, spend)

    def _walk_tar(self, name: str, content: Readable, spend: Spend) -> None:
        archive_file = label(name)
        most = self._limits.tar_header_bytes
        for entry in TarArchive(content, file=archive_file, header_bytes=most):
            self._budget.count_member(archive_file)
            if entry.is_folder or is_system_file(entry.name):
                continue
            file = label(name, entry.name)
            if not entry.is_file:
                self._problems.error("special-entry", Place(file), "a link or a device")
                continue
            with self._guard(file):
                self._take_member(entry.name, file, entry.content, spend)

    def _take_member(self, inner: str, file: str, packed: Readable, spend: Spend) -> None:
        """Hand over one archive entry, or note why not."""
        self._names.enter(inner, file)
        if inner.lower().endswith(ARCHIVE_ENDINGS):
            self._refuse("nested-archive", file, "an archive inside an archive")
        if not inner.lower().endswith(TEXT_ENDINGS):
            self._problems.warn("ignored-file", Place(file), "a file of another kind, not read")
            return
        content = Peekable(packed)
        is_packed = content.peek().startswith(GZIP_MAGIC)
        if is_packed:
            content = self._gunzip(content, file, spend)
        if is_zip(content.peek()) or is_tar(content.peek()):
            self._refuse("nested-archive", file, "an archive inside an archive")
        self._check_claim(inner, file, "gzip text" if is_packed else "text")
        self._hand_over(inner, file, content)

    def _gunzip(self, packed: Readable, file: str, spend: Spend) -> Peekable:
        parts = self._limits.gzip_parts
        content = Peekable(GzipStream(packed, file=file, spend=spend, parts=parts))
        if content.peek().startswith(GZIP_MAGIC) or is_zip(content.peek()):
            self._refuse("nested-archive", file, "compressed data inside gzip")
        return content

    def _hand_over(self, name: str, file: str, content: Peekable) -> None:
        other = other_format(content.peek())
        if other:
            self._refuse("unsupported-format", file, other)
        self.texts += 1
        self._take(Text(base_name(name), file, content))

    def _check_claim(self, name: str, file: str, actual: Format) -> None:
        claimed = claimed_format(name)
        if claimed not in (None, actual):
            self._refuse("misnamed-file", file, f"{actual} content", ending=USUAL_ENDING[actual])

    def _refuse(self, code: str, file: str, found: str, **details: object) -> None:
        self._problems.error(code, Place(file), found, **details)
        raise StopFile


def _size(source: IO[bytes]) -> int:
    return source.seek(0, io.SEEK_END)
