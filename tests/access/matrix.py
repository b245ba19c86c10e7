"""What every endpoint and page answers to whom.

A row is a method, whose thing is asked for, and five answers: for its owner, a member of the
owner's organization, somebody else, nobody, and staff.  An answer is a status; or `in` where one is
sent to sign in, `pw` where one is asked for the password again, and a problem's code where the
status alone would tell nobody apart.  The same row is asked of another person's
thing, where the owner and the member are somebody else.  Add a row for each new address.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from submissions.contexts import sign_link
from submissions.models import Release
from tests.access.world import PUBLIC, SECRET, SERIES, TASK, Things

Arguments = Callable[[Things], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Row:
    """One request, and what it is answered by role."""

    method: str
    statuses: str
    arguments: Arguments = field(default=lambda _things: {})
    query: str | Callable[[Things], str] = ""
    body: str | Callable[[Things], str] = ""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def is_coded(self) -> bool:
        """Whether a problem's code stands in place of its status."""
        return any(letter.islower() for letter in self.statuses.split()[0])


def _submission(things: Things) -> dict[str, Any]:
    return {"public_id": things.submission.public_id}


def _submission_chart(things: Things) -> dict[str, Any]:
    return _submission(things) | {"name": "radar"}


def _task_of(things: Things) -> dict[str, Any]:
    return {"public_id": things.submission.public_id, "task": TASK}


def _file(things: Things) -> dict[str, Any]:
    return _submission(things) | {"sha256": things.submission.files.get().sha256}


def _model(things: Things) -> dict[str, Any]:
    return {"slug": things.submission.model.slug}


def _model_chart(things: Things) -> dict[str, Any]:
    return _model(things) | {"name": "radar"}


def _evaluation(things: Things) -> dict[str, Any]:
    return {"evaluation_id": things.submission.evaluations.get().pk}


def _draft(things: Things) -> dict[str, Any]:
    return {"public_id": things.draft.public_id}


def _upload(things: Things) -> dict[str, Any]:
    return {"public_id": things.upload.public_id}


def _run(things: Things) -> dict[str, Any]:
    return {"public_id": things.run.public_id}


def _run_action(things: Things) -> dict[str, Any]:
    return _run(things) | {"action": "pause"}


def _endpoint(things: Things) -> dict[str, Any]:
    return {"public_id": things.endpoint.public_id}


def _hub_model(things: Things) -> dict[str, Any]:
    return {"public_id": things.hub_model.public_id}


def _token(things: Things) -> dict[str, Any]:
    return {"token_key": things.token.token_key}


def _webhook(things: Things) -> dict[str, Any]:
    return {"public_id": things.webhook.public_id}


def _delivery(things: Things) -> dict[str, Any]:
    return _webhook(things) | {"delivery_id": things.delivery.pk}


def _lab(things: Things) -> dict[str, Any]:
    return {"slug": things.lab.slug}


def _lab_person(things: Things) -> dict[str, Any]:
    return _lab(things) | {"person_id": things.owner.pk}


def _lab_invitation(things: Things) -> dict[str, Any]:
    return _lab(things) | {"invitation_id": things.invitation.pk}


def _lab_model(things: Things) -> dict[str, Any]:
    return _lab(things) | {"model": things.submission.model.slug}


def _secret(things: Things) -> dict[str, Any]:
    return {"secret": things.secret}


def _pair(things: Things) -> str:
    return f"s={things.submission.public_id},{things.second.public_id}"


def _pair_on_task(things: Things) -> str:
    return f"{_pair(things)}&task={TASK}"


def _unshared(things: Things) -> str:
    return f"model={things.model.slug}"


def _series_model(things: Things) -> dict[str, Any]:
    return _model(things) | {"name": SERIES}


def _key(things: Things) -> str:
    return f"key={sign_link(Release.objects.get(name=SECRET), things.owner)}"


def _named(**values: str) -> Arguments:
    return lambda _things: dict(values)


def _with_upload(things: Things) -> str:
    return json.dumps({"upload": [things.upload.public_id], "model": "M"})


def _with_endpoint(things: Things) -> str:
    return json.dumps({"endpoint": things.endpoint.public_id, "release": "test", "model": "M"})


def _with_hub_model(things: Things) -> str:
    return json.dumps({"hub_model": things.hub_model.public_id, "release": "test", "model": "M"})


# An address that nobody calls: whoever may register one is told so.
ENDPOINT: Final = (
    '{"name": "E", "base_url": "https://127.0.0.1/", "model_name": "m", "context_tokens": 9}'
)
TUS: Final = {"Tus-Resumable": "1.0.0"}
OPEN: Final = "200 200 200 200 200"
SIGNED_IN: Final = "200 200 200 in 200"
API_SIGNED_IN: Final = "200 200 200 401 200"
MEMBERS: Final = "200 200 404 401 404"
OWNERS: Final = "200 404 404 401 404"
SHARED: Final = "200 200 404 404 200"
OWNERS_PAGE: Final = "200 404 404 in 404"
OWNERS_FORM: Final = "422 404 404 in 404"
OWNERS_ACTION: Final = "302 404 404 in 404"
MEMBERS_PAGE: Final = "200 200 404 in 404"
NOT_LISTED: Final = "404 404 404 404 404"

API: Final[dict[str, list[Row]]] = {
    "api:me": [Row("GET", API_SIGNED_IN)],
    "api:models": [
        Row("GET", OPEN),
        Row("POST", "201 201 201 401 201", body='{"name": "A third model"}'),
    ],
    "api:model": [Row("GET", SHARED, _model), Row("PATCH", "200 403 404 401 403", _model)],
    "api:releases": [Row("GET", OPEN)],
    "api:release": [Row("GET", OPEN, _named(name="test"))],
    "api:release-files": [Row("GET", API_SIGNED_IN, _named(name=SECRET))],
    "api:tasks": [Row("GET", OPEN)],
    "api:task": [Row("GET", OPEN, _named(slug=TASK))],
    "api:submissions": [
        Row("GET", API_SIGNED_IN),
        # An upload that is not finished yet; to everybody else, it is none.
        Row("POST", "409 422 422 401 422", body=_with_upload),
    ],
    "api:submission": [Row("GET", SHARED, _submission)],
    "api:examples": [Row("GET", SHARED, _submission, query=f"task={TASK}")],
    "api:publish": [Row("POST", "200 403 404 401 403", _submission)],
    "api:unlist": [Row("POST", "200 403 404 401 403", _submission)],
    "api:how-run": [Row("GET", SHARED, _submission)],
    "api:prompts": [Row("GET", SHARED, _submission)],
    "api:files": [Row("GET", SHARED, _submission)],
    "api:file": [Row("GET", SHARED, _file)],
    # Nothing was published, and there is no later one: whoever may is told so.
    "api:undo-publish": [Row("POST", "409 403 404 401 403", _submission)],
    "api:supersede": [Row("POST", "409 403 404 401 403", _submission, body='{"by": "none"}')],
    "api:withdraw": [Row("POST", "200 403 404 401 403", _submission)],
    "api:drafts": [
        Row("GET", API_SIGNED_IN),
        Row("POST", "409 422 422 401 422", body=_with_upload),
    ],
    "api:draft": [
        Row("GET", OWNERS, _draft),
        Row("DELETE", "204 404 404 401 404", _draft),
    ],
    # It lacks a model.
    "api:draft-send": [Row("POST", "422 404 404 401 404", _draft)],
    "api:evaluations": [Row("GET", OPEN)],
    "api:evaluation": [Row("GET", SHARED, _evaluation)],
    "api:events": [Row("GET", OPEN)],
    "api:board": [Row("GET", OPEN)],
    "api:compare": [Row("GET", SHARED, query=_pair)],
    "api:compare-examples": [Row("GET", SHARED, query=_pair_on_task)],
    "api:series": [Row("GET", OPEN, _named(series=SERIES))],
    "api:series-model": [
        Row("GET", SHARED, lambda things: _model(things) | {"series": SERIES}),
    ],
    "api:queue": [Row("GET", OPEN)],
    "api:runs": [
        Row("GET", API_SIGNED_IN),
        # The release has no contexts; to everybody else, what is asked is none.
        Row("POST", "unfit not-there not-there 401 not-there", body=_with_endpoint),
        Row("POST", "unfit not-there not-there 401 not-there", body=_with_hub_model),
    ],
    "api:run": [Row("GET", "200 404 404 401 200", _run)],
    "api:run-pause": [Row("POST", "200 404 404 401 403", _run)],
    "api:run-resume": [Row("POST", "409 404 404 401 403", _run)],
    "api:run-cancel": [Row("POST", "200 404 404 401 403", _run)],
    "api:endpoints": [
        Row("GET", API_SIGNED_IN),
        Row("POST", "422 422 422 401 422", body=ENDPOINT),
    ],
    "api:endpoint": [
        Row("GET", OWNERS, _endpoint),
        Row("PATCH", OWNERS, _endpoint, body='{"concurrency": 2}'),
        Row("DELETE", "204 404 404 401 404", _endpoint),
    ],
    "api:endpoint-try": [Row("POST", "202 404 404 401 404", _endpoint)],
    "api:hub-models": [
        Row("GET", API_SIGNED_IN),
        Row("POST", "422 422 422 401 422", body='{"repository": "none"}'),
    ],
    "api:hub-model": [
        Row("GET", OWNERS, _hub_model),
        Row("DELETE", "204 404 404 401 404", _hub_model),
    ],
    "api:organizations": [
        Row("GET", API_SIGNED_IN),
        Row("POST", "201 201 201 401 201", body='{"name": "A third lab"}'),
    ],
    "api:organization": [Row("GET", MEMBERS, _lab)],
    # Nobody else is owner, so the owner cannot leave.
    "api:member": [
        Row("PATCH", "409 403 404 401 404", _lab_person, body='{"role": "member"}'),
        Row("DELETE", "409 403 404 401 404", _lab_person),
    ],
    "api:invitations": [
        Row(
            "POST",
            "201 403 404 401 404",
            _lab,
            body='{"email": "new@example.org", "role": "member"}',
        )
    ],
    "api:invitation": [Row("DELETE", "204 403 404 401 404", _lab_invitation)],
    "api:invitation-accept": [
        Row("POST", "404 404 404 401 404", body='{"secret": "none"}')  # pragma: allowlist secret
    ],
    "api:notices": [Row("GET", API_SIGNED_IN), Row("PATCH", API_SIGNED_IN, body='{"mail": []}')],
    "api:webhooks": [
        Row("GET", API_SIGNED_IN),
        Row("POST", "422 422 422 401 422", body='{"url": "https://127.0.0.1/"}'),
    ],
    "api:webhook": [
        Row("GET", OWNERS, _webhook),
        Row("DELETE", "204 404 404 401 404", _webhook),
    ],
    "api:webhook-rotate": [Row("POST", OWNERS, _webhook)],
    "api:webhook-test": [Row("POST", "202 404 404 401 404", _webhook)],
    "api:deliveries": [Row("GET", OWNERS, _webhook)],
    # What waits is not sent again.
    "api:delivery-again": [Row("POST", "409 404 404 401 404", _delivery)],
    "api:uploads": [
        Row("GET", API_SIGNED_IN),
        Row("POST", "422 422 422 401 422", headers=TUS),
    ],
    "api:upload": [
        Row("GET", "200 404 404 401 404", _upload),
        Row("PATCH", "400 404 404 401 404", _upload, headers=TUS),
        Row("DELETE", "204 404 404 401 404", _upload, headers=TUS),
    ],
    "api:schema": [Row("GET", OPEN)],
    "api:nowhere": [],
}
PAGES: Final[dict[str, list[Row]]] = {
    "audit:page": [Row("GET", OPEN)],
    "audit:head": [Row("GET", OPEN)],
    "audit:export": [Row("GET", OPEN)],
    "healthz": [Row("GET", OPEN)],
    "readyz": [Row("GET", OPEN)],
    # It asks for a token of its own, which nobody has here.
    "metrics": [Row("GET", NOT_LISTED)],
    "language": [Row("GET", "302 302 302 302 302", _named(code="en"))],
    "submissions:home": [Row("GET", OPEN)],
    "submissions:leaderboard": [Row("GET", OPEN)],
    "submissions:board-row": [Row("GET", NOT_LISTED, _submission)],
    "submissions:leaderboard-export": [Row("GET", OPEN, _named(suffix="csv"))],
    "submissions:board-feed": [Row("GET", OPEN)],
    "submissions:board-picture": [Row("GET", OPEN)],
    # Pictures for everybody's pages: what is private is on none, not even for its owner.
    "submissions:badge": [
        Row("GET", NOT_LISTED, _model),
        Row("GET", OPEN, _named(slug=PUBLIC)),
    ],
    "submissions:board-chart": [Row("GET", OPEN, _named(name="timeline"))],
    "submissions:tasks": [Row("GET", OPEN)],
    "submissions:tasks-chart": [Row("GET", OPEN, _named(name="benchmark"))],
    "submissions:task": [Row("GET", OPEN, _named(slug=TASK))],
    "submissions:task-chart": [Row("GET", OPEN, _named(slug=TASK, name="distribution"))],
    "submissions:model": [Row("GET", SHARED, _model)],
    "submissions:model-chart": [Row("GET", SHARED, _model_chart)],
    "submissions:submit": [
        Row("GET", SIGNED_IN),
        Row("POST", "302 302 302 in 302", body="kind=predictions"),
    ],
    "submissions:submit-one-page": [Row("GET", SIGNED_IN), Row("POST", "422 422 422 in 422")],
    "submissions:draft": [Row("GET", "302 404 404 in 404", _draft)],
    "submissions:draft-model": [Row("GET", OWNERS_PAGE, _draft), Row("POST", OWNERS_FORM, _draft)],
    "submissions:draft-protocol": [
        Row("GET", OWNERS_PAGE, _draft),
        Row("POST", OWNERS_FORM, _draft),
    ],
    "submissions:draft-upload": [Row("GET", OWNERS_PAGE, _draft), Row("POST", OWNERS_FORM, _draft)],
    "submissions:draft-review": [
        Row("GET", "302 404 404 in 404", _draft),
        Row("POST", "302 404 404 in 404", _draft),
    ],
    "submissions:draft-discard": [Row("POST", "302 404 404 in 404", _draft)],
    "submissions:submission": [Row("GET", SHARED, _submission)],
    "submissions:examples": [Row("GET", SHARED, _task_of)],
    "submissions:submission-chart": [Row("GET", SHARED, _submission_chart)],
    "submissions:file": [Row("GET", SHARED, _file)],
    "submissions:withdraw": [Row("POST", OWNERS_ACTION, _submission)],
    "submissions:publish": [Row("POST", OWNERS_ACTION, _submission)],
    "submissions:undo-publish": [Row("POST", OWNERS_ACTION, _submission)],
    "submissions:unlist": [Row("POST", OWNERS_ACTION, _submission)],
    "submissions:rename": [Row("POST", OWNERS_ACTION, _submission)],
    "submissions:supersede": [Row("POST", OWNERS_ACTION, _submission)],
    "submissions:compare": [Row("GET", SHARED, query=_pair)],
    "submissions:compare-examples": [Row("GET", SHARED, query=_pair_on_task)],
    "submissions:compare-chart": [Row("GET", SHARED, _named(name="radar"), query=_pair)],
    "submissions:mine": [Row("GET", SIGNED_IN)],
    "submissions:organization-models": [Row("GET", MEMBERS_PAGE, _lab)],
    "submissions:share": [Row("POST", OWNERS_ACTION, _lab, body=_unshared)],
    "submissions:unshare": [Row("POST", OWNERS_ACTION, _lab_model)],
    "submissions:queue": [Row("GET", OPEN)],
    # Leads to the first guide.
    "submissions:docs-first": [Row("GET", "302 302 302 302 302")],
    "submissions:docs": [Row("GET", OPEN, _named(name="scoring"))],
    "submissions:reference": [Row("GET", OPEN)],
    "submissions:own-data": [Row("GET", SIGNED_IN)],
    # Both ask for the password first.
    "submissions:take-data": [Row("POST", "pw pw pw in pw")],
    "submissions:close-account": [Row("POST", "pw pw pw in pw")],
    "submissions:hub-models": [Row("GET", SIGNED_IN)],
    "submissions:hub-model-new": [
        Row("GET", SIGNED_IN),
        Row("POST", "422 422 422 in 422", body="revision=main"),
    ],
    "submissions:hub-model": [Row("GET", OWNERS_PAGE, _hub_model)],
    "submissions:hub-model-retire": [Row("POST", OWNERS_ACTION, _hub_model)],
    "submissions:hub-model-run": [
        Row("GET", OWNERS_PAGE, _hub_model),
        Row("POST", OWNERS_FORM, _hub_model, body="action=start"),
    ],
    "submissions:endpoints": [Row("GET", SIGNED_IN)],
    "submissions:endpoint-new": [
        Row("GET", SIGNED_IN),
        Row("POST", "422 422 422 in 422", body="name=without-an-address"),
    ],
    "submissions:endpoint": [Row("GET", OWNERS_PAGE, _endpoint)],
    "submissions:endpoint-change": [
        Row("GET", OWNERS_PAGE, _endpoint),
        Row("POST", OWNERS_FORM, _endpoint, body="name=without-an-address"),
    ],
    "submissions:endpoint-try": [Row("POST", OWNERS_ACTION, _endpoint)],
    "submissions:endpoint-retire": [Row("POST", OWNERS_ACTION, _endpoint)],
    "submissions:run-new": [
        Row("GET", OWNERS_PAGE, _endpoint),
        Row("POST", OWNERS_FORM, _endpoint, body="action=start"),
    ],
    "submissions:run": [Row("GET", "200 404 404 in 200", _run)],
    "submissions:run-change": [Row("POST", OWNERS_ACTION, _run_action)],
    "submissions:prompts": [Row("GET", SHARED, _submission)],
    "submissions:releases": [Row("GET", OPEN)],
    "submissions:release": [Row("GET", OPEN, _named(name="test"))],
    # Who has a key gets them, whoever that is: a key is made for who is signed in.
    "submissions:contexts": [
        Row("GET", "403 403 403 403 403", _named(name=SECRET, task=TASK)),
        Row("GET", OPEN, _named(name=SECRET, task=TASK), query=_key),
    ],
    "submissions:sample": [Row("GET", NOT_LISTED, _named(name="test", slug="none"))],
    "submissions:series": [Row("GET", OPEN, _named(name=SERIES))],
    "submissions:series-chart": [Row("GET", OPEN, _named(name=SERIES, chart="lengths"))],
    "submissions:series-model": [Row("GET", SHARED, _series_model)],
    # Of this release nobody knows how deep its needles lie, so there is no map.
    "submissions:series-model-chart": [
        Row("GET", NOT_LISTED, lambda things: _series_model(things) | {"chart": "depths"}),
    ],
    "notices:notices": [Row("GET", SIGNED_IN)],
    "notices:mail": [Row("POST", "302 302 302 in 302")],
    "notices:webhooks": [Row("POST", "422 422 422 in 422")],
    "notices:deliveries": [Row("GET", OWNERS_PAGE, _webhook)],
    "notices:rotate": [Row("POST", OWNERS_PAGE, _webhook)],
    "notices:delete": [Row("POST", OWNERS_ACTION, _webhook)],
    "notices:test": [Row("POST", OWNERS_ACTION, _webhook)],
    # What waits is not sent again: nobody can ask for it.
    "notices:again": [Row("POST", "404 404 404 in 404", _delivery)],
    "accounts:tokens": [
        Row("GET", SIGNED_IN),
        Row("POST", SIGNED_IN, body="name=t&scopes=read&lifetime=7"),
    ],
    "accounts:token_revoke": [Row("POST", OWNERS_ACTION, _token)],
    "accounts:organizations": [
        Row("GET", SIGNED_IN),
        Row("POST", "302 302 302 in 302", body="name=A+third+lab"),
    ],
    "accounts:organization": [Row("GET", MEMBERS_PAGE, _lab)],
    "accounts:invite": [
        Row("POST", OWNERS_ACTION, _lab, body="email=new@example.org&role=member"),
    ],
    "accounts:invitation_withdraw": [Row("POST", OWNERS_ACTION, _lab_invitation)],
    "accounts:role": [Row("POST", OWNERS_ACTION, _lab_person, body="role=member")],
    "accounts:member_remove": [Row("POST", OWNERS_ACTION, _lab_person)],
    "accounts:invitation": [Row("GET", SIGNED_IN, _secret)],
}
