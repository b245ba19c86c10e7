"""Two people's private things of every kind, and five visitors."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.models import ApiToken, Invitation, Membership, Organization, User
from accounts.organizations import found_organization, invite
from notices.models import Delivery, Webhook
from submissions.entries import ModelFacts, enter_model
from submissions.models import (
    Answer,
    Draft,
    Endpoint,
    HostedRun,
    HubModel,
    ModelEntry,
    PartialUpload,
    Release,
    Submission,
)
from submissions.prompt_sets import find_prompt_set
from submissions.receive import UploadOptions, receive_upload
from submissions.run_plans import RunPlan, run_facts
from submissions.uploads import begin_upload
from tests import make
from workers.tasks import evaluate

ROLES: Final = ("owner", "member", "other", "anonymous", "staff")
TASK: Final = "passkey"
# The slug of a model that is on the board, and the names of a series and of a secret release.
PUBLIC: Final = "public"
SERIES: Final = "lengths"
SECRET: Final = "secret"


@dataclass(frozen=True, slots=True)
class Things:
    """Everything of one person: private, and shared with an organization where that can be."""

    owner: User
    lab: Organization
    submission: Submission
    second: Submission
    # One's own, and shared with nobody.
    model: ModelEntry
    draft: Draft
    upload: PartialUpload
    endpoint: Endpoint
    hub_model: HubModel
    run: HostedRun
    token: ApiToken
    webhook: Webhook
    delivery: Delivery
    invitation: Invitation
    secret: str


@dataclass(frozen=True, slots=True)
class World:
    """The visitors, and the things of the owner and of the other one."""

    people: dict[str, User | None]
    own: Things
    foreign: Things

    def client(self, role: str) -> Client:
        """A browser in which a visitor is signed in."""
        client = Client(raise_request_exception=False)
        person = self.people[role]
        if person is not None:
            client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client


def make_world() -> World:
    """Everybody and everything; the member belongs to the owner's organization.

    A public model is on the board of the one release, which is a series of one length; of another
    release, whose answers are secret, there are contexts.
    """
    make.release()
    Release.objects.update(series=SERIES, length_tokens=1000)
    options = {"tokens": "256", "per_task": 1, "private": True, "verbosity": 0}
    call_command("generate_release", name=SECRET, **options)
    people = {
        role: make.user(
            f"{role}@example.org", is_staff=role == "staff", is_superuser=role == "staff"
        )
        for role in ROLES
        if role != "anonymous"
    }
    _submit(make.user("public@example.org"), make.files(), ModelFacts(name=PUBLIC), is_public=True)
    own, foreign = _things(people["owner"], "Own"), _things(people["other"], "Foreign")
    Membership.objects.create(
        organization=own.lab, user=people["member"], role="member", joined_at=make.NOW
    )
    return World({**people, "anonymous": None}, own, foreign)


def _things(owner: User, name: str) -> Things:
    now = timezone.now()
    lab = found_organization(f"{name} Lab", founder=owner, now=now)
    shared = ModelFacts(name=f"{name} model", shared_with=lab)
    submission = _submit(owner, make.files([TASK]), shared, note=name)
    second = _submit(owner, make.files([TASK], right=1), shared)
    endpoint = Endpoint.objects.create(
        owner=owner,
        name=name,
        # By number: names are not looked up where nothing leads outside; nothing is sent there.
        base_url="https://1.1.1.1/v1",
        model_name="m",
        context_tokens=1000,
        created_at=now,
    )
    _finish_run(submission, endpoint, now)
    invitation, secret = invite(
        lab, f"guest-of-{lab.slug}@example.org", role="member", inviter=owner, now=now
    )
    webhook = Webhook.objects.create(owner=owner, url="https://example.org/", created_at=now)
    return Things(
        owner=owner,
        lab=lab,
        submission=submission,
        second=second,
        model=enter_model(owner, ModelFacts(name=f"{name} unshared"), now=now),
        draft=_draft(owner, now),
        upload=begin_upload(owner, name="a.jsonl", length_bytes=9, metadata="", now=now),
        endpoint=endpoint,
        hub_model=HubModel.objects.create(
            owner=owner,
            repository="org/name",
            revision="main",
            commit="a" * 40,
            context_tokens=1000,
            needed_bytes=1,
            weight_bytes=1,
            facts={
                "architecture": "LlamaForCausalLM",
                "parameters": 1,
                "layers": 1,
                "max_positions": 1000,
                "kv_bytes_a_token": 1,
                "licence": "",
                "config_sha256": "",
                "tokenizer_sha256": "",
                "chat_template_sha256": "",
            },
            created_at=now,
        ),
        run=_run(submission, endpoint, now),
        token=ApiToken.objects.create(owner, name=name)[0],
        webhook=webhook,
        delivery=Delivery.objects.create(
            webhook=webhook, kind="submission.scored", body="{}", created_at=now, due_at=now
        ),
        invitation=invitation,
        secret=secret,
    )


def _submit(
    owner: User,
    files: list[tuple[str, Any]],
    model: ModelFacts,
    *,
    note: str = "",
    is_public: bool = False,
) -> Submission:
    """A scored submission."""
    visibility = Submission.Visibility.PUBLIC if is_public else Submission.Visibility.PRIVATE
    options = UploadOptions(suite=make.SUITE.slug, visibility=visibility, note=note)
    made = receive_upload(files, model=model, submitter=owner, options=options, now=timezone.now())
    evaluate(evaluation_id=made.evaluations.get().pk)
    made.refresh_from_db()
    return made


def _draft(owner: User, now: Any) -> Draft:
    return Draft.objects.create(
        owner=owner, kind="predictions", suite=make.SUITE.slug, created_at=now, updated_at=now
    )


def _run(submission: Submission, endpoint: Endpoint, now: datetime) -> HostedRun:
    """A run that waits."""
    return HostedRun.objects.create(**_planned(submission, endpoint, now))


def _finish_run(submission: Submission, endpoint: Endpoint, now: datetime) -> None:
    """A run that became the submission, with what it sent for one example."""
    finished = _planned(submission, endpoint, now) | {
        "status": HostedRun.Status.FINISHED,
        "planned_at": now,
        "finished_at": now,
        "submission": submission,
    }
    Answer.objects.create(
        run=HostedRun.objects.create(**finished),
        task=TASK,
        position=0,
        state=Answer.State.OK,
        finish_reason="stop",
        prompt_sha256="0" * 64,
        at=now,
    )


def _planned(submission: Submission, endpoint: Endpoint, now: datetime) -> dict[str, Any]:
    asked: dict[str, Any] = {
        "endpoint": endpoint,
        "model": submission.model,
        "release": submission.release,
        "policy": "middle",
        "visibility": "private",
    }
    prompts = find_prompt_set(make.SUITE.slug, "portal-chat-1")
    facts = run_facts(RunPlan(**asked, prompt_set=prompts), [TASK])
    told = {"tasks": [TASK], "prompt_set": prompts.label, "facts": facts, "sha256": "0" * 64}
    return asked | told | {"owner": endpoint.owner, "created_at": now}
