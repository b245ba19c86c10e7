"""Drafts: what files would score, before they are sent."""

from collections.abc import Sequence
from pathlib import Path
from typing import cast

from ibench.calls import Calls, segment
from ibench.journal import Journal, Ticker
from ibench.shapes import Draft, Submission, Visibility
from ibench.upload import DRAFTS, send_files
from ibench.waiting import wait_while


class Drafting(Calls):
    """The calls of a Portal about drafts; each raises IbenchError."""

    site: str

    def make_draft(
        self,
        files: Sequence[str | Path],
        *,
        model: str,
        on_bytes: Ticker | None = None,
        **fields: str | int | bool | None,
    ) -> Draft:
        """Keep prediction files on the portal and have them tried; nothing is submitted.

        Args:
            files: JSONL files, .gz, or archives of them.
            model: the model's name.
            on_bytes: called with the number of bytes that were sent since the last call.
            fields: as `submit` takes them, without visibility.
        """
        told = {"model": model, **fields}
        # The same files and fields may be a submission, too: that is another upload.
        with Journal.open(self.site, files, {**told, "as": "draft"}) as journal:
            found = send_files(self._connection, journal, told, path=DRAFTS, on_bytes=on_bytes)
            return cast("Draft", found)

    def drafts(self, *, limit: int = 100) -> list[Draft]:
        """One's own drafts that were not sent, newest first."""
        return cast("list[Draft]", list(self._listed("drafts/", {}, limit)))

    def draft(self, draft: str) -> Draft:
        """A draft by its id."""
        return cast("Draft", self._get(f"drafts/{segment(draft)}/"))

    def wait_for_trial(self, draft: str, *, timeout_seconds: float | None = None) -> Draft:
        """Return a draft when its files were tried: `trial` has scores and ranks by scorer.

        Raises:
            StillOpen: if that took longer than `timeout_seconds`.
        """

        def look() -> tuple[Draft, str]:
            one = self.draft(draft)
            return one, one["trial"]["status"]

        return wait_while(
            look,
            ("waiting",),
            what=draft,
            go_on=f"ibench draft show {draft}",
            timeout_seconds=timeout_seconds,
        )

    def send_draft(self, draft: str, *, visibility: Visibility = "public") -> Submission:
        """Make a submission of a draft; sent twice, it is still one."""
        body = {"visibility": visibility}
        return cast("Submission", self._send("POST", f"drafts/{segment(draft)}/send/", body))

    def discard_draft(self, draft: str) -> None:
        """Throw a draft and its files away."""
        self._delete(f"drafts/{segment(draft)}/")
