"""Brings a repository of the Hugging Face Hub here, at its commit, or says in words why not."""

from pathlib import Path
from typing import Final

from workers.runners.hub import HubAway, read_trouble
from workers.runners.transformers_local.messages import CannotLoad, LocalConfig

# Files of a repository that are brought here: weights as safetensors, and what reads text.
FILES: Final = ("*.safetensors", "*.json", "*.jinja", "tokenizer.model")


def fetch(config: LocalConfig) -> None:
    """Bring a repository's files at its commit; nothing for a folder that is there already.

    What was brought whole is not asked for again, so that it does without the network.

    Raises:
        CannotLoad: if they cannot be had.
        HubAway: if they cannot be had just now.
    """
    if config.repository:
        # The hub's client; after this, nothing is asked of the network any more.
        from huggingface_hub import snapshot_download  # noqa: PLC0415

        try:
            snapshot_download(
                config.repository,
                revision=config.commit,
                local_dir=config.folder,
                allow_patterns=list(FILES),
                token=False,
                endpoint=config.hub_url or None,
            )
        except Exception as error:  # The client raises whatever its transport raises.
            why, wait_seconds = read_trouble(error)
            reason = f"{config.repository} cannot be fetched: {why}"
            if wait_seconds is not None:
                raise HubAway(reason, wait_seconds=wait_seconds) from error
            raise CannotLoad(reason) from error
    if not list(Path(config.folder).glob("*.safetensors")):
        raise CannotLoad("the folder holds no safetensors")
