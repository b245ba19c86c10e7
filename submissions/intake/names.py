"""Judges the names of files and archive entries before anything inside them is read."""

from pathlib import PurePosixPath

from submissions.intake.formats import TEXT_ENDINGS
from submissions.intake.problems import Place, ProblemList, StopFile, shorten

SEPARATOR = " › "
LABEL_CHARS = 200
_SYSTEM_FILES = {".DS_Store", "Thumbs.db", "desktop.ini"}
_SYSTEM_FOLDERS = {"__MACOSX"}


def label(*names: str) -> str:
    """A file as its sender knows it, such as `kimi.zip › kimi/preds_passkey.jsonl`."""
    return SEPARATOR.join(shorten(name, LABEL_CHARS) or "(no name)" for name in names)


def base_name(name: str) -> str:
    """The last part of a path."""
    return PurePosixPath(name).name


def is_system_file(name: str) -> bool:
    """Whether an entry is what an operating system adds beside one's own files."""
    parts = PurePosixPath(name).parts
    if not parts:
        return True
    return (
        parts[-1] in _SYSTEM_FILES
        or parts[-1].startswith("._")
        or not _SYSTEM_FOLDERS.isdisjoint(parts)
    )


def stem(name: str) -> str:
    """A file's name without folders and without the endings that say its format."""
    base = base_name(name)
    ending = next((ending for ending in TEXT_ENDINGS if base.lower().endswith(ending)), "")
    return base[: len(base) - len(ending)].removesuffix(".gz")


class NameBook:
    """The names of one upload: refuses unsafe ones, and the same one twice."""

    def __init__(self, problems: ProblemList, chars: int) -> None:
        self._problems = problems
        self._chars = chars
        self._seen: set[str] = set()

    def enter(self, name: str, file: str) -> None:
        """Admit `name`, known to its sender as `file`.

        Raises: StopFile for a name with which nothing more should be done.
        """
        if not 0 < len(name) <= self._chars or not name.isprintable():
            self._problems.error(
                "bad-name", Place(file), f"{len(name)} characters", chars=self._chars
            )
            raise StopFile
        if _is_unsafe(name):
            self._problems.error("unsafe-path", Place(file), shorten(name))
            raise StopFile
        if file.casefold() in self._seen:
            self._problems.error("name-collision", Place(file), "the same name again")
            raise StopFile
        self._seen.add(file.casefold())


def _is_unsafe(name: str) -> bool:
    is_windows_drive = name[1:2] == ":" and name[0].isalpha()
    return name.startswith("/") or "\\" in name or is_windows_drive or ".." in name.split("/")
