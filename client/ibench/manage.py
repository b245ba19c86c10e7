"""What one does with submissions, models, organizations and webhooks."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, cast

from ibench.calls import API, Calls, given, segment
from ibench.shapes import Organization, Submission, Webhook

Role = Literal["owner", "member"]


class Managing(Calls):
    """The calls of a Portal that change something; each raises IbenchError."""

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

    def prompts(self, submission: str, *, texts: bool = False) -> bytes:
        """What the portal's workers sent, as JSON lines: hashes; or texts, of a public release."""
        path = f"{API}/submissions/{segment(submission)}/prompts/"
        headers = {"Accept": "application/x-ndjson"}
        params = {"texts": "true"} if texts else {}
        return self._connection.send("GET", path, params=params, headers=headers).content

    def change_model(self, model: str, **changes: Any) -> dict[str, Any]:
        """Change what is said of a model: name, organization, licence … or `shared_with`."""
        return cast("dict[str, Any]", self._send("PATCH", f"models/{segment(model)}/", changes))

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
        self._delete(f"organizations/{segment(slug)}/members/{member}/")

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
        self._delete(f"webhooks/{segment(webhook)}/")

    def _act(
        self, submission: str, action: str, body: Mapping[str, Any] | None = None
    ) -> Submission:
        path = f"submissions/{segment(submission)}/{action}/"
        return cast("Submission", self._send("POST", path, body))
