"""What all calls share: how something is read, listed, changed, and made once."""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import quote

from ibench.errors import IbenchError
from ibench.http import Connection

API: Final = "api/v1"


class Calls:
    """The requests behind the calls of a Portal; each raises IbenchError."""

    _connection: Connection

    def _get(self, path: str, params: Mapping[str, str | int | None] | None = None) -> Any:
        return self._connection.json("GET", f"{API}/{path}", params=given(params or {}))

    def _send(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        extra = {} if body is None else {"json": dict(body)}
        return self._connection.json(method, f"{API}/{path}", **extra)

    def _make(self, path: str, body: Mapping[str, Any]) -> Any:
        """Make something once, however often the request has to be sent."""
        headers = {"Idempotency-Key": str(uuid.uuid4())}
        return self._connection.json(
            "POST", f"{API}/{path}", json=dict(body), headers=headers, is_repeatable=True
        )

    def _delete(self, path: str) -> None:
        self._connection.send("DELETE", f"{API}/{path}")

    def _listed(
        self, path: str, params: Mapping[str, str | int | None], limit: int
    ) -> Iterator[dict[str, Any]]:
        """The first rows of a list, over as many pages as that takes."""
        page: Any = self._get(path, params)
        left = limit
        while True:
            rows = page.get("results", []) if isinstance(page, dict) else page
            yield from rows[:left]
            left -= len(rows)
            following = page.get("next") if isinstance(page, dict) else None
            if left <= 0 or not following or not rows:
                return
            page = self._connection.json("GET", following)


def given(params: Mapping[str, Any]) -> dict[str, Any]:
    """What was given of some parameters."""
    return {name: value for name, value in params.items() if value is not None}


def segment(name: str) -> str:
    """An id as a part of an address; people paste whole addresses, too.

    Raises:
        IbenchError: if it can be no id.
    """
    last = name.rstrip("/").rsplit("/", maxsplit=1)[-1]
    if not last.replace("-", "").replace("_", "").isalnum():
        raise IbenchError(f"{name!r} is no id.", fix="An id is what stands last in its address.")
    return quote(last, safe="")
