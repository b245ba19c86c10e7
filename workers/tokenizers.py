"""Tokenizers by name: the estimate, or the Hugging Face Hub's at a fixed commit."""

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final

import httpx2
from django.conf import settings
from tokenizers import Tokenizer as HubFile

from scoring.truncation import EstimateTokenizer, Tokenizer
from submissions.limits import MIB, TOKENIZER_BYTES
from submissions.repositories import local_commit, local_folder
from workers.runners.hub import HubAway, read_trouble

NAME: Final = re.compile(r"[\w.-]{1,96}/[\w.-]{1,96}@[0-9a-f]{40}", re.ASCII)


class NoTokenizer(Exception):
    """A tokenizer cannot be had; the message says why, for the run's owner."""


class HubTokenizer:
    """A `tokenizer.json` of the Hugging Face Hub."""

    def __init__(self, name: str, file: HubFile) -> None:
        """Use a file's tokens as they are: no limit, no padding of its own."""
        self._name, self._file = name, file
        file.no_truncation()
        file.no_padding()

    @property
    def name(self) -> str:
        """The repository and its commit."""
        return self._name

    def encode(self, text: str) -> Sequence[int]:
        """Token ids, without those that mark a text's start or end."""
        ids: list[int] = self._file.encode(text, add_special_tokens=False).ids
        return ids

    def decode(self, tokens: Sequence[int]) -> str:
        """The text of token ids."""
        return str(self._file.decode(list(tokens), skip_special_tokens=False))


def find_tokenizer(name: str) -> Tokenizer:
    """The tokenizer of that name.

    Raises:
        NoTokenizer: if it is none, or cannot be fetched.
        HubAway: if it cannot be fetched just now.
    """
    if name == EstimateTokenizer.name:
        return EstimateTokenizer()
    if not NAME.fullmatch(name):
        raise NoTokenizer(f"{name!r} is no tokenizer: write org/name@commit")
    return _hub_tokenizer(name, settings.TOKENIZERS_DIR)


@lru_cache(maxsize=8)
def _hub_tokenizer(name: str, folder: Path) -> HubTokenizer:
    """What has this name never changes: a commit is a hash."""
    path = folder / name.replace("/", "--") / "tokenizer.json"
    if not path.is_file():
        path = _local_file(name) or path
    if not path.is_file():
        _fetch(name, path)
    _check_size(name, path.stat().st_size)
    try:
        return HubTokenizer(name, HubFile.from_file(str(path)))
    except Exception as error:  # The library raises plain Exception for a file that it cannot read.
        raise NoTokenizer(f"the tokenizer of {name} cannot be read") from error


def _check_size(name: str, size: int | None) -> None:
    if size is None or size > TOKENIZER_BYTES:
        found = "an unknown size" if size is None else f"{size:,} bytes"
        raise NoTokenizer(
            f"tokenizer.json of {name} has {found}; at most {TOKENIZER_BYTES // MIB} MiB are read: "
            f"choose another tokenizer, or {EstimateTokenizer.name}"
        )


def _local_file(name: str) -> Path | None:
    """The tokenizer of a model in this site's own folder, if it is at that commit."""
    repository, commit = name.split("@")
    folder = local_folder(repository)
    if folder is None or local_commit(folder) != commit:
        return None
    return folder / "tokenizer.json"


def _fetch(name: str, path: Path) -> None:
    """Bring a tokenizer's file, whose size the Hub tells first: anybody may put a file there."""
    # The hub's client is large, and most sites never need it here.
    from huggingface_hub import (  # noqa: PLC0415
        get_hf_file_metadata,
        hf_hub_download,
        hf_hub_url,
    )
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError  # noqa: PLC0415

    repository, commit = name.split("@")
    try:
        url = hf_hub_url(repository, path.name, revision=commit, endpoint=settings.HUB_URL)
        _check_size(name, get_hf_file_metadata(url, token=False).size)
        hf_hub_download(
            repository,
            path.name,
            revision=commit,
            local_dir=path.parent,
            token=False,
            endpoint=settings.HUB_URL,
        )
    except (
        *(HfHubHTTPError, LocalEntryNotFoundError),
        *(httpx2.HTTPError, OSError, ValueError),
    ) as error:
        why, wait_seconds = read_trouble(error)
        if wait_seconds is not None:
            reason = f"tokenizer.json of {name} cannot be fetched: {why}."
            raise HubAway(reason, wait_seconds=wait_seconds) from error
        raise NoTokenizer(
            f"tokenizer.json of {name} is neither in {path.parent.parent} nor on the Hub"
        ) from error
