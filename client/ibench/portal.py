"""The portal as Python calls: what `ibench` can do, a program can do."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, Self, cast

from ibench import config
from ibench.calls import given, segment
from ibench.drafting import Drafting
from ibench.hosting import Hosting
from ibench.http import Connection
from ibench.journal import Journal, Ticker
from ibench.manage import Managing
from ibench.shapes import Board, DryRun, Submission
from ibench.upload import send_files
from ibench.waiting import wait_while

_OPEN: Final = ("queued", "running")


class Portal(Managing, Hosting, Drafting):
    """One portal, seen by the holder of one token.

    Args:
        site: its address; by default IBENCH_SITE, else that of the last `ibench login`.
        token: by default IBENCH_TOKEN, else that of `ibench login` for this site; without one,
            what is public can be read.

    Every call raises IbenchError: one class an exit code, with `fix` and `problems`.
    """

    def __init__(self, site: str | None = None, token: str | None = None) -> None:
        self.site = config.find_site(site)
        self._connection = Connection(self.site, token or config.find_token(self.site))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the connections go."""
        self._connection.close()

    def check_token(self) -> None:
        """Ask whether the token is good.  Raises NotSignedIn where it is not."""
        self._get("me/")

    def submit(
        self,
        files: Sequence[str | Path],
        *,
        model: str,
        idempotency_key: str | None = None,
        on_bytes: Ticker | None = None,
        **fields: str | int | bool | None,
    ) -> Submission:
        """Send prediction files; the answer is the submission, queued for scoring.

        The same call after a cut goes on where it stopped, and stores nothing twice.

        Args:
            files: JSONL files, .gz, or archives of them.
            model: the model's name.
            idempotency_key: by default one of its own for these files and fields, kept until the
                submission is stored.
            on_bytes: called with the number of bytes that were sent since the last call.
            fields: release, visibility, note, organization, link, licence, parameters,
                context_tokens, weights, drop_first_number, and what else the site knows.
        """
        told = {"model": model, **fields}
        with Journal.open(self.site, files, told, key=idempotency_key) as journal:
            return cast(
                "Submission", send_files(self._connection, journal, told, on_bytes=on_bytes)
            )

    def dry_run(
        self,
        files: Sequence[str | Path],
        *,
        model: str = "dry run",
        on_bytes: Ticker | None = None,
        **fields: str | int | bool | None,
    ) -> DryRun:
        """Let the server check files and say what they hold; nothing is stored."""
        told = {"model": model, **fields, "dry_run": True}
        with Journal.open(self.site, files, told) as journal:
            return cast("DryRun", send_files(self._connection, journal, told, on_bytes=on_bytes))

    def status(self, submission: str) -> Submission:
        """A submission by its id."""
        return cast("Submission", self._get(f"submissions/{segment(submission)}/"))

    def submissions(self, *, limit: int = 100) -> list[Submission]:
        """One's own submissions, newest first."""
        return cast("list[Submission]", list(self._listed("submissions/", {}, limit)))

    def watch(
        self,
        submission: str,
        *,
        timeout_seconds: float | None = None,
        on_change: Callable[[Submission], None] | None = None,
    ) -> Submission:
        """Return a submission when it is scored or has failed.

        Raises:
            StillOpen: if that took longer than `timeout_seconds`.
        """

        def look() -> tuple[Submission, str]:
            one = self.status(submission)
            return one, one["status"] or ""

        return wait_while(
            look,
            _OPEN,
            what=submission,
            go_on=f"ibench watch {submission}",
            timeout_seconds=timeout_seconds,
            on_change=on_change,
        )

    def board(self, **filters: str | int | None) -> Board:
        """The board with all its rows; the filters are the page's: scorer, release, q, sort …"""
        found = cast("Board", self._get("board/", filters))
        following = found.get("next")
        while following:
            page = self._connection.json("GET", following)
            found["rows"] += page["rows"]
            following = page.get("next")
        found["next"] = None
        return found

    def compare(self, submissions: Sequence[str], **options: str | None) -> dict[str, Any]:
        """Two to six submissions side by side, with what is significant."""
        ids = [segment(one) for one in submissions]
        params = {"s": ",".join(ids), **options}
        return cast("dict[str, Any]", self._get("compare/", params))

    def differing(self, first: str, later: str, *, task: str, page: int = 1) -> dict[str, Any]:
        """Twenty of a task's examples on which two submissions score differently."""
        params: dict[str, str | int] = {"s": f"{segment(first)},{segment(later)}", "task": task}
        found = self._get("compare/examples/", {**params, "page": page})
        return cast("dict[str, Any]", found)

    def series(self, name: str, **options: str | None) -> dict[str, Any]:
        """Each model's scores over the lengths of a series; options: scorer, task."""
        return cast("dict[str, Any]", self._get(f"series/{segment(name)}/", options))

    def depths(self, name: str, model: str, **options: str | None) -> dict[str, Any]:
        """A model's scores over lengths and depths of a series; options: scorer, task."""
        path = f"series/{segment(name)}/models/{segment(model)}/"
        return cast("dict[str, Any]", self._get(path, options))

    def release_files(self, release: str) -> dict[str, Any]:
        """Where the files of a generated release are; those of secret answers, for a day."""
        return cast("dict[str, Any]", self._get(f"releases/{segment(release)}/files/"))

    def export(self, kind: str = "csv", **filters: str | int | None) -> bytes:
        """The board as a file, under the name's suffix: csv, json, parquet, tex, md …"""
        path = f"leaderboard.{segment(kind)}"
        return self._connection.send(
            "GET",
            path,
            params=given(filters),
        ).content
