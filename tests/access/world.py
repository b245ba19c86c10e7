"""Two people's private things of every kind, and five visitors."""

from dataclasses import dataclass
from typing import Any, Final

from django.test import Client
from django.utils import timezone

from accounts.models import ApiToken, Invitation, Membership, Organization, User
from accounts.organizations import found_organization, invite
from notices.models import Delivery, Webhook
from submissions.entries import ModelFacts
from submissions.models import Draft, Endpoint, HostedRun, HubModel, PartialUpload, Submission
from submissions.receive import UploadOptions, receive_upload
from submissions.uploads import begin_upload
from tests import make
from workers.tasks import evaluate

ROLES: Final = ("owner", "member", "other", "anonymous", "staff")
TASK: Final = "passkey"


@dataclass(frozen=True, slots=True)
class Things:
    """Everything of one person: private, and shared with an organization where that can be."""

    owner: User
    lab: Organization
    submission: Submission
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
    """Everybody and everything; the member belongs to the owner's organization."""
    make.release()
    people = {
        role: make.user(
            f"{role}@example.org", is_staff=role == "staff", is_superuser=role == "staff"
        )
        for role in ROLES
        if role != "anonymous"
    }
    own, foreign = _things(people["owner"], "Own"), _things(people["other"], "Foreign")
    Membership.objects.create(
        organization=own.lab, user=people["member"], role="member", joined_at=make.NOW
    )
    return World({**people, "anonymous": None}, own, foreign)


def _things(owner: User, name: str) -> Things:
    now = timezone.now()
    lab = found_organization(f"{name} Lab", founder=owner, now=now)
    submission = receive_upload(
        make.files([TASK]),
        model=ModelFacts(name=f"{name} model", shared_with=lab),
        submitter=owner,
        options=UploadOptions(
            suite=make.SUITE.slug, visibility=Submission.Visibility.PRIVATE, note=name
        ),
        now=now,
    )
    evaluate(evaluation_id=submission.evaluations.get().pk)
    submission.refresh_from_db()
    invitation, secret = invite(
        lab, f"guest-of-{lab.slug}@example.org", role="member", inviter=owner, now=now
    )
    webhook = Webhook.objects.create(owner=owner, url="https://example.org/", created_at=now)
    return Things(
        owner=owner,
        lab=lab,
        submission=submission,
        draft=_draft(owner, now),
        upload=begin_upload(owner, name="a.jsonl", length_bytes=9, metadata="", now=now),
        endpoint=Endpoint.objects.create(
            owner=owner,
            name=name,
            # By number: names are not looked up where nothing leads outside; nothing is sent there.
            base_url="https://1.1.1.1/v1",
            model_name="m",
            context_tokens=1000,
            created_at=now,
        ),
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
        run=_run(owner, submission, now),
        token=ApiToken.objects.create(owner, name=name)[0],
        webhook=webhook,
        delivery=Delivery.objects.create(
            webhook=webhook, kind="submission.scored", body="{}", created_at=now, due_at=now
        ),
        invitation=invitation,
        secret=secret,
    )


def _draft(owner: User, now: Any) -> Draft:
    return Draft.objects.create(
        owner=owner, kind="predictions", suite=make.SUITE.slug, created_at=now, updated_at=now
    )


def _run(owner: User, submission: Submission, now: Any) -> HostedRun:
    return HostedRun.objects.create(
        owner=owner,
        model=submission.model,
        release=submission.release,
        tasks=[TASK],
        prompt_set="portal-1",
        policy="middle",
        visibility="private",
        facts={},
        sha256="0" * 64,
        created_at=now,
    )
