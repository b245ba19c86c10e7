"""What one does with submissions, models, endpoints, runs, organizations and webhooks."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal, cast
from urllib.parse import quote

from ibench.errors import IbenchError
from ibench.http import Connection
from ibench.shapes import Endpoint, Estimate, Organization, Run, Submission, Webhook

API: Final = "api/v1"
RunAction = Literal["pause", "resume", "cancel"]
Role = Literal["owner", "member"]


class Managing:
    """The calls of a Portal that change something; each raises IbenchError."""

    _connection: Connection

    def publish(self, submission: str) -> Submission:
        """Show a submission to everybody, and put it on the board."""
        return self._act(submission, "publish")

    def undo_publish(self, submission: str) -> Submission:
        """Make a submission what it was before it was published, within a day of that."""
        return self._act(submission, "undo-publish")

    def unlist(self, submission: str) -> Submission:
        """Take a submission off every list; who has its link still sees it."""
        return self._act(submission, "unlist")

    def withdraw(self, submission: str, *, reason: str = "") -> Submission:
        """Take a submission off the board for good; the reason is shown to everybody."""
        return self._act(submission, "withdraw", {"reason": reason})

    def supersede(self, submission: str, *, by: str) -> Submission:
        """Put a later submission of the same model in the place of this one, for good."""
        return self._act(submission, "supersede", {"by": segment(by)})

    def files(self, submission: str) -> list[dict[str, Any]]:
        """The files of a submission: name, sha256, size_bytes, url."""
        found = self._get(f"submissions/{segment(submission)}/files/")
        return cast("list[dict[str, Any]]", found["files"])

    def download(self, submission: str, sha256: str) -> bytes:
        """One of a submission's files, byte for byte as it was uploaded."""
        path = f"{API}/submissions/{segment(submission)}/files/{segment(sha256)}/"
        return self._connection.send("GET", path).content

    def change_model(self, model: str, **changes: Any) -> dict[str, Any]:
        """Change what is said of a model: name, organization, licence … or `shared_with`."""
        return cast("dict[str, Any]", self._send("PATCH", f"models/{segment(model)}/", changes))

    def endpoints(self, *, limit: int = 100) -> list[Endpoint]:
        """One's own endpoints, newest first; never with their keys."""
        return cast("list[Endpoint]", list(self._listed("endpoints/", {}, limit)))

    def endpoint(self, endpoint: str) -> Endpoint:
        """An endpoint by its id, with what its last try gave."""
        return cast("Endpoint", self._get(f"endpoints/{segment(endpoint)}/"))

    def register_endpoint(self, *, key: str | None = None, **facts: Any) -> Endpoint:
        """Register an endpoint; a worker tries it at once.

        Args:
            key: is stored encrypted, sent to the endpoint only, and never given back.
            facts: name, base_url, model_name, context_tokens, and what else the API names.
        """
        return cast("Endpoint", self._make("endpoints/", given({**facts, "key": key})))

    def change_endpoint(self, endpoint: str, *, key: str | None = None, **changes: Any) -> Endpoint:
        """Change what is said of an endpoint; without a key, the stored one stays."""
        body = {**changes, **given({"key": key})}
        return cast("Endpoint", self._send("PATCH", f"endpoints/{segment(endpoint)}/", body))

    def try_endpoint(self, endpoint: str) -> Endpoint:
        """Have a worker send three small prompts; `try_ended_at` tells when it did."""
        return cast("Endpoint", self._send("POST", f"endpoints/{segment(endpoint)}/try/"))

    def retire_endpoint(self, endpoint: str) -> None:
        """Forget an endpoint's key; its past runs stay."""
        self._connection.send("DELETE", f"{API}/endpoints/{segment(endpoint)}/")

    def estimate_run(self, *, endpoint: str, release: str, **wish: Any) -> Estimate:
        """What a run would take: examples, tokens, cost, seconds; nothing is stored."""
        body = {"endpoint": segment(endpoint), "release": release, "model": "estimate", **wish}
        return cast("Estimate", self._send("POST", "runs/", {**given(body), "dry_run": True}))

    def start_run(self, *, endpoint: str, release: str, **wish: Any) -> Run:
        """Have the portal's workers ask a model every prompt of a release.

        Args:
            endpoint: which of one's endpoints, by its id.
            release: a release with contexts, by its name.
            wish: model or model_slug, tasks, prompt_set, policy, visibility, spending_cap.
        """
        body = {"endpoint": segment(endpoint), "release": release, **wish}
        return cast("Run", self._make("runs/", given(body)))

    def change_run(self, run: str, action: RunAction) -> Run:
        """Pause, resume or cancel one's own run."""
        return cast("Run", self._send("POST", f"runs/{segment(run)}/{action}/"))

    def organizations(self, *, limit: int = 100) -> list[Organization]:
        """One's organizations, with role and what is left of their quotas."""
        return cast("list[Organization]", list(self._listed("organizations/", {}, limit)))

    def organization(self, slug: str) -> Organization:
        """An organization with its members; for owners, with addresses and invitations."""
        return cast("Organization", self._get(f"organizations/{segment(slug)}/"))

    def found_organization(self, name: str) -> Organization:
        """Make an organization whose owner one is."""
        return cast("Organization", self._make("organizations/", {"name": name}))

    def invite(self, slug: str, email: str, *, role: Role = "member") -> dict[str, Any]:
        """Invite somebody by mail, as an owner."""
        path = f"organizations/{segment(slug)}/invitations/"
        return cast("dict[str, Any]", self._make(path, {"email": email, "role": role}))

    def change_role(self, slug: str, member: int, role: Role) -> Organization:
        """Make a member an owner, or an owner a member."""
        path = f"organizations/{segment(slug)}/members/{member}/"
        return cast("Organization", self._send("PATCH", path, {"role": role}))

    def remove_member(self, slug: str, member: int) -> None:
        """End a membership, or one's own."""
        path = f"{API}/organizations/{segment(slug)}/members/{member}/"
        self._connection.send("DELETE", path)

    def webhooks(self, *, limit: int = 100) -> list[Webhook]:
        """One's webhooks, without their secrets."""
        return cast("list[Webhook]", list(self._listed("webhooks/", {}, limit)))

    def add_webhook(self, url: str, *, kinds: Sequence[str] | None = None) -> Webhook:
        """Have an address called; `secret` is in this answer and in no other."""
        body = given({"url": url, "kinds": list(kinds) if kinds else None})
        return cast("Webhook", self._make("webhooks/", body))

    def rotate_webhook(self, webhook: str) -> Webhook:
        """Give a webhook a new secret, which is in this answer and in no other."""
        return cast("Webhook", self._send("POST", f"webhooks/{segment(webhook)}/rotate/"))

    def test_webhook(self, webhook: str) -> Webhook:
        """Send a notice that tells of nothing."""
        return cast("Webhook", self._send("POST", f"webhooks/{segment(webhook)}/test/"))

    def deliveries(self, webhook: str, *, limit: int = 100) -> list[dict[str, Any]]:
        """The calls to a webhook, newest first, and what came of them."""
        return list(self._listed(f"webhooks/{segment(webhook)}/deliveries/", {}, limit))

    def delete_webhook(self, webhook: str) -> None:
        """Have an address called no more."""
        self._connection.send("DELETE", f"{API}/webhooks/{segment(webhook)}/")

    def _act(
        self, submission: str, action: str, body: Mapping[str, Any] | None = None
    ) -> Submission:
        path = f"submissions/{segment(submission)}/{action}/"
        return cast("Submission", self._send("POST", path, body))

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
