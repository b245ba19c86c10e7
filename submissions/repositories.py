"""READ: what a repository of the Hugging Face Hub, or a folder of this site's own, holds.

A local folder `MODELS_DIR/org/name` works like the Hub: its commit is a hash over its files, so
that a run on a folder that was changed since is refused.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _

from submissions.limits import HUB_SECONDS, MODEL_FILES

NAME: Final = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
_WEIGHTS_ENDS_BYTES: Final = 1 << 20


class RepositoryRefused(Exception):
    """A repository cannot be registered so; names the field and what to do."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


class HubAway(RepositoryRefused):
    """The Hub gives no answer at the moment: the same may be taken later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """The files of a repository at a commit."""

    name: str
    commit: str
    is_local: bool
    files: Mapping[str, int]
    """Each with its size in bytes."""
    licence: str
    _read: Callable[[str], bytes]

    def read(self, name: str, *, limit: int) -> bytes | None:
        """A small file; None if there is none of that name.

        Raises:
            RepositoryRefused: if it is larger than `limit` bytes, or cannot be had.
        """
        size = self.files.get(name)
        if size is None:
            return None
        if size > limit:
            raise RepositoryRefused(
                "repository",
                _("%(name)s has %(size)s bytes; at most %(limit)s are read.")
                % {"name": name, "size": f"{size:,}", "limit": f"{limit:,}"},
            )
        data = self._read(name)
        if len(data) > limit:
            raise RepositoryRefused("repository", _("%(name)s is too large.") % {"name": name})
        return data


def find_repository(name: str, revision: str) -> Repository:
    """Resolve a repository and a revision to a commit, and list its files.

    A folder of this site's own goes before the Hub.

    Raises:
        RepositoryRefused: if there is none, or it is not public.
        HubAway: if the Hub cannot be reached.
    """
    if not NAME.fullmatch(name) or ".." in name:
        raise RepositoryRefused("repository", _("Write org/name, as the Hub does."))
    if (folder := local_folder(name)) is not None:
        return _local(name, folder, revision)
    return _on_the_hub(name, revision)


def local_folder(name: str) -> Path | None:
    """Where a model of this site's own lies; None if it is none."""
    if settings.MODELS_DIR is None:
        return None
    folder: Path = settings.MODELS_DIR / name
    return folder if (folder / "config.json").is_file() else None


def local_commit(folder: Path) -> str:
    """Forty hexadecimal digits over a folder's files.

    Small files count whole; of weights, which may have hundreds of gigabytes, their size and the
    first and last MiB.
    """
    digest = blake2b(digest_size=20)
    for file in sorted(one for one in folder.iterdir() if one.is_file()):
        size = file.stat().st_size
        digest.update(f"{file.name}\0{size}\0".encode())
        with file.open("rb") as opened:
            digest.update(opened.read(_WEIGHTS_ENDS_BYTES))
            if size > _WEIGHTS_ENDS_BYTES:
                opened.seek(max(_WEIGHTS_ENDS_BYTES, size - _WEIGHTS_ENDS_BYTES))
                digest.update(opened.read())
    return digest.hexdigest()


def _local(name: str, folder: Path, revision: str) -> Repository:
    commit = local_commit(folder)
    if revision not in {"", "main", commit}:
        raise RepositoryRefused(
            "revision",
            _("This site has %(name)s at %(commit)s only.") % {"name": name, "commit": commit},
        )
    licence = next((one.name for one in folder.glob("LICEN[CS]E*")), "")
    return Repository(
        name=name,
        commit=commit,
        is_local=True,
        files={one.name: one.stat().st_size for one in folder.iterdir() if one.is_file()},
        licence=licence,
        _read=lambda file: (folder / file).read_bytes(),
    )


def _on_the_hub(name: str, revision: str) -> Repository:
    # The hub's client is large, and most requests never need it.
    import httpx2  # noqa: PLC0415
    from huggingface_hub import HfApi, hf_hub_download  # noqa: PLC0415

    try:
        told = HfApi(endpoint=settings.HUB_URL, token=False).model_info(
            name, revision=revision or None, files_metadata=True, timeout=HUB_SECONDS
        )
    except (httpx2.HTTPError, OSError, ValueError) as error:
        raise _refusal(error) from error
    if told.gated or told.sha is None:
        message = _("This repository asks for consent; this site has none to give.")
        raise RepositoryRefused("repository", message)
    commit = told.sha

    def read(file: str) -> bytes:
        try:
            path = hf_hub_download(
                name,
                file,
                revision=commit,
                local_dir=settings.STATE_DIR / "hub" / f"{name.replace('/', '--')}@{commit}",
                endpoint=settings.HUB_URL,
                token=False,
                etag_timeout=HUB_SECONDS,
            )
        except (httpx2.HTTPError, OSError, ValueError) as error:
            message = _("The Hub did not give %(name)s just now; try again later.")
            raise HubAway("repository", message % {"name": file}) from error
        return Path(path).read_bytes()

    siblings = (told.siblings or [])[:MODEL_FILES]
    return Repository(
        name=name,
        commit=commit,
        is_local=False,
        files={one.rfilename: int(one.size or 0) for one in siblings},
        licence=str(getattr(told.card_data, "license", None) or "")[:80],
        _read=read,
    )


def _refusal(error: Exception) -> RepositoryRefused:
    """What the Hub's no means to whoever registers a model."""
    from huggingface_hub import errors  # noqa: PLC0415  As above.

    if isinstance(error, errors.GatedRepoError):
        message = _("This repository asks for consent; this site has none to give.")
        return RepositoryRefused("repository", message)
    if isinstance(error, errors.RevisionNotFoundError):
        return RepositoryRefused("revision", _("The Hub knows no such revision."))
    if isinstance(error, errors.RepositoryNotFoundError):
        message = _("The Hub knows no such repository, or it is private.")
        return RepositoryRefused("repository", message)
    status = error.response.status_code if isinstance(error, errors.HfHubHTTPError) else 0
    if status in {401, 403}:
        message = _("The Hub does not give this repository to everybody.")
        return RepositoryRefused("repository", message)
    if status == 429:
        message = _("The Hub says that it is asked too often; try again in a few minutes.")
    else:
        message = _("The Hub could not be asked just now; try again later.")
    return HubAway("repository", message)
