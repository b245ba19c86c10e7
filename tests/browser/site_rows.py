"""Rows that a site's pages show, and the people who look at them, each in a state of their own.

Runs where the portal's own code runs: `manage.py shell -c "from tests.browser.site_rows ..."`.
"""

import hashlib
import json
import secrets
import sys
import time
from datetime import datetime, timedelta
from typing import Any, Final

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.mfa.webauthn.internal.auth import WebAuthn
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

from accounts.models import ApiToken, Membership, Organization, User
from accounts.organizations import found_organization, invite
from notices.models import Delivery, Kind, Webhook
from submissions.models import Endpoint, Evaluation, HostedRun, HubModel, Submission
from submissions.sharing import share_model
from submissions.withdraw import withdraw_submission

# A session's times stand this far ahead, so that no test is too slow for them.
_AHEAD: Final = timedelta(days=1)


def fill(email: str, uploads: dict[str, str]) -> None:
    """Give the person of this address rows of every kind, and print names and sessions as JSON.

    Args:
        uploads: public ids of the person's submissions, as `site.make_site` names them.
    """
    now = timezone.now()
    owner = User.objects.get(email=email)
    organization = found_organization("Long Context Lab", founder=owner, now=now)
    _end_submissions(uploads, now)
    for name in ("own", "failed"):
        one = Submission.objects.get(public_id=uploads[name])
        share_model(one.model, organization, sharer=owner)
    people, more = _make_people(owner, organization, now)
    sessions = {name: _session_of(person) for name, person in people.items()}
    sessions |= {"halfway": _halfway(people["guarded"]), "newcomer": _newcomer()}
    names = _runs(owner, one, now) | _account(owner, now) | more
    names["organization"] = organization.slug
    # After the sessions: a link to a new password ends with the next sign-in.
    reset = user_pk_to_url_str(people["guarded"])
    names["reset"] = f"{reset}-{default_token_generator.make_token(people['guarded'])}"
    sys.stdout.write("SITE " + json.dumps({"names": names, "sessions": sessions}) + "\n")


def _end_submissions(uploads: dict[str, str], now: datetime) -> None:
    Evaluation.objects.filter(submission__public_id=uploads["failed"]).update(
        status="failed",
        failure="stored_file",
        failure_reason="file abc: missing",
        failure_hint="An organizer must restore the file.",
        finished_at=now,
        lease_expires_at=None,
    )
    withdrawn = Submission.objects.get(public_id=uploads["withdrawn"])
    withdraw_submission(withdrawn, now=now, reason="The wrong files.")


def _runs(owner: User, one: Submission, now: datetime) -> dict[str, str]:
    """What answers for a person, and a run of it."""
    point = Endpoint.objects.create(
        owner=owner,
        name="Our cluster",
        base_url="http://127.0.0.1:9/v1",
        model_name="long-7b",
        context_tokens=131072,
        created_at=now,
    )
    run = HostedRun.objects.create(
        owner=owner,
        endpoint=point,
        model=one.model,
        release=one.release,
        tasks=["passkey"],
        prompt_set="portal-1",
        policy="middle",
        visibility="private",
        facts={},
        sha256="0" * 64,
        status="cancelled",
        reason="You cancelled it.",
        created_at=now,
        finished_at=now,
    )
    facts = {
        "architecture": "LlamaForCausalLM",
        "parameters": 7_500_000_000,
        "layers": 32,
        "max_positions": 131072,
        "licence": "apache-2.0",
        "tokenizer_sha256": "7e57" * 16,
        "chat_template_sha256": "",
    }
    hub = HubModel.objects.create(
        owner=owner,
        repository="lab/long-7b",
        revision="main",
        commit="5ca1ab1e" * 5,
        context_tokens=131072,
        needed_bytes=20 * 2**30,
        weight_bytes=15 * 2**30,
        facts=facts,
        created_at=now,
    )
    return {"endpoint": point.public_id, "run": run.public_id, "hub": hub.public_id}


def _account(owner: User, now: datetime) -> dict[str, str]:
    """A confirmed address; tokens and calls to a webhook, each in every state."""
    ApiToken.objects.create(owner, name="Nightly evaluation", may_manage=True)
    ApiToken.objects.create(owner, name="Laptop, read only", may_submit=False)
    ApiToken.objects.create(owner, name="Last year’s paper")
    ApiToken.objects.filter(user=owner, name__startswith="Nightly").update(
        last_used_at=now, expiry=now + timedelta(days=90)
    )
    ApiToken.objects.filter(user=owner, name__startswith="Last").update(expiry=now)
    EmailAddress.objects.filter(user=owner).update(verified=True)
    hook = Webhook.objects.create(
        owner=owner, url="https://hooks.example.org/bench", kinds=["scored"], created_at=now
    )
    answered, refused = {"delivered_at": now, "status": 204}, {"given_up_at": now, "status": 500}
    for kind, attempts, end in (
        (Kind.TEST, 1, answered),
        (Kind.SCORED, 2, answered),
        (Kind.FAILED, 8, {**refused, "error": "answered 500"}),
        (Kind.PUBLISHED, 3, {"due_at": now + _AHEAD, "error": "no answer within 20 seconds"}),
        (Kind.RUN_PAUSED, 0, {"due_at": now + _AHEAD}),
    ):
        made = now - timedelta(hours=attempts)
        Delivery.objects.create(
            webhook=hook, kind=kind, body="{}", created_at=made, attempts=attempts, **end
        )
    return {"webhook": hook.public_id}


def _make_people(
    owner: User, organization: Organization, now: datetime
) -> tuple[dict[str, User], dict[str, str]]:
    """The owner; somebody guarded by a second factor, and invited; a member without a password."""
    tag = secrets.token_hex(3)
    guarded = User.objects.create_user(f"guarded-{tag}@example.org", secrets.token_hex(8))
    EmailAddress.objects.create(user=guarded, email=guarded.email, primary=True, verified=True)
    TOTP.activate(guarded, generate_totp_secret())
    RecoveryCodes.activate(guarded)
    key = WebAuthn.add(guarded, "My laptop", _credential()).instance
    Authenticator.objects.filter(pk=key.pk).update(last_used_at=now)
    WebAuthn.add(guarded, "A spare key in the drawer", _credential(is_passkey=False))
    guest = User.objects.create_user(f"guest-{tag}@example.org", name="A guest")
    SocialAccount.objects.create(
        user=guest, provider="github", uid=tag, extra_data={"login": "long-context-guest"}
    )
    EmailAddress.objects.create(user=guest, email=guest.email, primary=True, verified=True)
    other = EmailAddress.objects.create(user=guest, email=f"lab.{guest.email}")
    Membership.objects.create(organization=organization, user=guest, role="member", joined_at=now)
    _, secret = invite(
        organization, guarded.email, role=Membership.Role.MEMBER, inviter=owner, now=now
    )
    confirmation = EmailConfirmationHMAC(other).key
    names = {"key": str(key.pk), "invitation": secret, "confirmation": confirmation}
    return {"owner": owner, "guarded": guarded, "guest": guest}, names


def _credential(*, is_passkey: bool = True) -> dict[str, Any]:
    """A security key as a browser tells of it.  Source: Web Authentication, level 2, 5.1."""
    pair = ec.generate_private_key(ec.SECP256R1())
    public = ES256.from_cryptography_key(pair.public_key())  # type: ignore[no-untyped-call]
    number = secrets.token_bytes(32)
    held = AttestedCredentialData.create(bytes(16), number, public)
    place = hashlib.sha256(b"127.0.0.1").digest()
    # Somebody was there, showed who, and a key stands in it.
    told = AuthenticatorData.create(place, AuthenticatorData.FLAG(0x45), 0, held)
    client = {"type": "webauthn.create", "challenge": "", "origin": "http://127.0.0.1"}
    return {
        "id": websafe_encode(number),
        "rawId": websafe_encode(number),
        "type": "public-key",
        "response": {
            "clientDataJSON": websafe_encode(json.dumps(client).encode()),
            "attestationObject": websafe_encode(AttestationObject.create("none", told, {})),
        },
        "clientExtensionResults": {"credProps": {"rk": is_passkey}},
    }


def _session_of(person: User) -> str:
    """A session in which `person` gave the password just now."""
    client = Client()
    client.force_login(person, "django.contrib.auth.backends.ModelBackend")
    at = (timezone.now() + _AHEAD).timestamp()
    return _keep(
        client,
        account_authentication_methods=[{"method": "password", "at": at, "reauthenticated": True}],
        account_authentication_methods_user=user_pk_to_url_str(person),
    )


def _halfway(person: User) -> str:
    """A session of somebody who gave the password, but no code yet."""
    login = {
        "user_pk": user_pk_to_url_str(person),
        "email_verification": "optional",
        "signup": False,
        "redirect_url": None,
        "email": None,
        "phone": None,
        "signal_kwargs": None,
        "state": {"stages": {"current": "mfa_authenticate"}},
        "initiated_at": time.time() + _AHEAD.total_seconds(),
    }
    return _keep(Client(), account_login=login)


def _newcomer() -> str:
    """A session of somebody whom GitHub has just sent, without an address."""
    account = SocialAccount(provider="github", uid="5", extra_data={"login": "newcomer"})
    github = get_adapter().get_provider(HttpRequest(), "github")
    sent = SocialLogin(account=account, user=User(), provider=github)
    sent.state = {"process": "login"}
    return _keep(Client(), socialaccount_sociallogin=sent.serialize())


def _keep(client: Client, **values: Any) -> str:
    session = client.session
    session.update(values)
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = key = str(session.session_key)
    return key
