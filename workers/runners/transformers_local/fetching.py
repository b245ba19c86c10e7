"""Brings a repository of the Hugging Face Hub here, at its commit, or says in words why not."""

from pathlib import Path
from typing import Final

from workers.runners.transformers_local.messages import LocalConfig
from workers.runners.transformers_local.room import CannotLoad

# Files of a repository that are brought here: weights as safetensors, and what reads text.
FILES: Final = ("*.safetensors", "*.json", "*.jinja", "tokenizer.model")
_STATUSES: Final = {
    401: "the Hub does not give it to everybody",
    403: "the Hub does not give it to everybody",
    404: "the Hub does not have it, or not at this commit",
    429: "the Hub says that it is asked too often; resume the run in a few minutes",
}


def fetch(config: LocalConfig) -> None:
    """Bring a repository's files at its commit; nothing for a folder that is there already.

    What was brought whole is not asked for again, so that it does without the network.

    Raises:
        CannotLoad: if they cannot be had.
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
            raise CannotLoad(f"{config.repository} cannot be fetched: {_why(error)}") from error
    if not list(Path(config.folder).glob("*.safetensors")):
        raise CannotLoad("the folder holds no safetensors")


def _why(error: BaseException) -> str:
    """What the client found, which it may have wrapped in what it made of it."""
    import httpx2  # noqa: PLC0415  Comes with the hub's client.
    from huggingface_hub.errors import GatedRepoError, HfHubHTTPError  # noqa: PLC0415

    found: BaseException | None = error
    while found is not None:
        if isinstance(found, GatedRepoError):
            return "it asks for consent, which this site has none to give"
        if isinstance(found, HfHubHTTPError):
            status = found.response.status_code
            return _STATUSES.get(status, f"the Hub answered with status {status}")
        if isinstance(found, httpx2.TransportError):
            return "the Hub cannot be reached from this worker"
        found = found.__cause__
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
