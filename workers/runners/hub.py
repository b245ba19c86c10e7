"""What went wrong between this worker and the Hugging Face Hub: a no, or trouble that may pass."""

from typing import Final

from workers.runners.openai_wire import wait_seconds

# Asked again, the Hub may answer these otherwise; and whatever says that it is broken.
_PASSING: Final = frozenset({408, 425, 429})
_STATUSES: Final = {
    401: "the Hub does not give it to everybody",
    403: "the Hub does not give it to everybody",
    404: "the Hub does not have it, or not at this commit",
    429: "the Hub says that it is asked too often",
}


class HubAway(Exception):
    """The Hub does not give what it may well have; the message is for the run's owner.

    Attributes:
        wait_seconds: how long the Hub asks to be left alone.
    """

    def __init__(self, reason: str, *, wait_seconds: float = 0.0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.wait_seconds = wait_seconds


def read_trouble(error: BaseException) -> tuple[str, float | None]:
    """Why the Hub's client failed, in words; and how long to wait at least, None where for nothing.

    What it found may be wrapped in what the client made of it.
    """
    import httpx2  # noqa: PLC0415  Comes with the hub's client, which most processes never need.
    from huggingface_hub.errors import GatedRepoError, HfHubHTTPError  # noqa: PLC0415

    found: BaseException | None = error
    while found is not None:
        if isinstance(found, GatedRepoError):
            return "it asks for consent, which this site has none to give", None
        if isinstance(found, HfHubHTTPError):
            status = found.response.status_code
            words = _STATUSES.get(status, f"the Hub answered with status {status}")
            is_passing = status in _PASSING or status >= 500
            return words, wait_seconds(found.response.headers) if is_passing else None
        if isinstance(found, httpx2.TransportError):
            return "the Hub cannot be reached from this worker", 0.0
        found = found.__cause__
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300], None
