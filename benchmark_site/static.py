"""Static files that are not ours to keep: where Plotly is found, and how large files are packed."""

import importlib.util
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import brotli
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage
from django.core.files.storage import FileSystemStorage
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

_FILE: Final = "plotly.min.js"
_PREFIX: Final = "plotly"
# From this size on brotli's best takes ten seconds for a tenth fewer bytes.
_LARGE_BYTES: Final = 1024 * 1024
_LARGE_QUALITY: Final = 9


class PlotlyFinder(BaseFinder):
    """Finds `plotly/plotly.min.js` in the installed Python package.

    So the site serves the version that requirements/ pins, and the repository holds no copy.
    """

    def __init__(self, *_args: Any, **_options: Any) -> None:
        # The package is only located: importing it would take a second.
        spec = importlib.util.find_spec("plotly")
        folders = spec.submodule_search_locations if spec else None
        if not folders:
            raise RuntimeError("plotly is not installed; pip install -r requirements/base.txt")
        self._storage = FileSystemStorage(location=Path(folders[0]) / "package_data")
        # collectstatic asks a storage for the folder that its files go to.
        self._storage.prefix = _PREFIX  # type: ignore[attr-defined]

    def check(self, **_options: Any) -> list[CheckMessage]:
        """There is nothing to set, and so nothing to set wrong."""
        return []

    def find(self, path: str, find_all: bool = False, **_options: Any) -> Any:
        """The file's place on disk, or nothing for any other path."""
        if path != f"{_PREFIX}/{_FILE}":
            return []
        found = self._storage.path(_FILE)
        return [found] if find_all else found

    def list(self, _ignore_patterns: Iterable[str] | None) -> Iterable[Any]:
        """The one file, with the storage that opens it."""
        yield _FILE, self._storage


class PortalCompressor(Compressor):  # type: ignore[misc]
    """WhiteNoise's, but that a large file is packed a little less and twenty times as fast."""

    @staticmethod
    def compress_brotli(data: bytes) -> bytes:
        """Pack as well as the size allows within a second."""
        if len(data) < _LARGE_BYTES:
            packed: bytes = Compressor.compress_brotli(data)
            return packed
        return bytes(brotli.compress(data, quality=_LARGE_QUALITY))


class PortalStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Hashed names, packed ahead of time."""

    def create_compressor(self, **options: Any) -> Compressor:
        """Ours instead of WhiteNoise's own."""
        return PortalCompressor(**options)
