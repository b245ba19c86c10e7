"""Every page of the site with real rows, from its own list of addresses: for pictures and checks.

A page without arguments is found by itself.  One with arguments needs a row in ROWS; a test fails
until it has one.
"""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Browser

from tests import authors
from tests.portal import Portal, sign_up, wait_until

# Addresses with arguments, by their names in the URLconf; what stands in braces is a Site's.
ROWS: Final[dict[str, tuple[str, ...]]] = {
    "submissions:model": ("/models/gpt4/",),
    "submissions:draft": (),  # Only leads to a step.
    "submissions:draft-model": ("/submit/{draft}/model/",),
    "submissions:draft-protocol": ("/submit/{draft}/protocol/",),
    "submissions:draft-upload": ("/submit/{draft}/upload/",),
    "submissions:draft-review": ("/submit/{draft}/review/",),
    "submissions:submission": ("/s/{kimi}/", "/s/{own}/", "/s/{failed}/", "/s/{withdrawn}/"),
    "submissions:examples": ("/s/{kimi}/examples/longbook_qa_chn/", "/s/{own}/examples/math_calc/"),
    "submissions:organization-models": ("/account/organizations/{organization}/models/",),
    "submissions:docs": ("/docs/scoring/", "/docs/statistics/", "/docs/submission-format/"),
    "accounts:organization": ("/account/organizations/{organization}/",),
    "accounts:invitation": ("/account/invitations/none/",),
    "account_confirm_email": ("/accounts/confirm-email/none/",),
    "account_reset_password_from_key": ("/accounts/password/reset/key/1-none/",),
    "submissions:board-row": (),  # A part that the board fetches.
    "submissions:file": (),  # A download.
    "language": (),  # Leads back.
    "notices:deliveries": ("/account/notices/webhooks/{webhook}/",),
    "submissions:endpoint": ("/endpoints/{endpoint}/",),
    "submissions:endpoint-change": ("/endpoints/{endpoint}/change/",),
    "submissions:run-new": ("/endpoints/{endpoint}/run/",),
    "submissions:hub-model": ("/hub-models/{hub}/",),
    "submissions:hub-model-run": ("/hub-models/{hub}/run/",),
    "submissions:run": ("/runs/{run}/",),
    "submissions:prompts": (),  # A download.
    "submissions:release": ("/releases/legacy-kimi/", "/releases/mini-4k/"),
    "submissions:contexts": (),  # Downloads, as the next.
    "submissions:sample": (),
    "submissions:series": ("/series/mini/",),
    "submissions:series-model": ("/series/mini/models/gpt4/",),
    # They need a security key, and somebody else's site.
    "mfa_remove_webauthn": (),
    "mfa_edit_webauthn": (),
    "openid_connect_login": (),
    "openid_connect_callback": (),
    "submissions:task": ("/tasks/passkey/", "/tasks/longbook_qa_chn/"),
}
# States of pages that an address alone does not tell.
MORE: Final = (
    "/compare?s={gpt4},{kimi}",
    "/compare/examples?s={gpt4},{kimi}&task=longbook_choice_eng",
    "/leaderboard/?scorer=portal-1",
    "/queue/?mine=1",
    "/nowhere/",
)
# Pages that only somebody who is not signed in sees.
SIGNED_OUT: Final = re.compile(
    r"^/(accounts/(login|signup|password/reset|confirm-email|2fa/(authenticate|webauthn/login)"
    r"|3rdparty/(login|signup))|s/\{w)"
)
# Not pages of ours, and what would end the session that looks at the others.
_LEFT_OUT: Final = re.compile(
    r"^(admin/|api/|healthz|readyz|metrics|accounts/(github|social)/)|\.(jsonl?|svg|png|xml|txt|atom)\$?$|^\^leaderboard\\\."
)


@dataclass(frozen=True, slots=True)
class Address:
    """An entry of the URLconf."""

    name: str
    route: str
    pattern: URLPattern

    @property
    def has_arguments(self) -> bool:
        """Whether the route alone is no address."""
        return "<" in self.route or "(" in self.route


def addresses() -> list[Address]:
    """Every entry of the URLconf that may be a page of ours."""
    found = [one for one in _walk(get_resolver(), "", "") if not _LEFT_OUT.search(one.route)]
    return [one for one in found if not _refuses_get(one)]


def _walk(resolver: URLResolver, route: str, namespace: str) -> Iterator[Address]:
    for one in resolver.url_patterns:
        here = route + str(one.pattern)
        if isinstance(one, URLResolver):
            inner = f"{namespace}{one.namespace}:" if one.namespace else namespace
            yield from _walk(one, here, inner)
        else:
            yield Address(f"{namespace}{one.name or one.callback.__name__}", here, one)


def _refuses_get(address: Address) -> bool:
    """Whether an address only takes forms: by what its decorators keep, the innermost last."""
    view: Any = address.pattern.callback
    while view is not None:
        kept = [cell.cell_contents for cell in getattr(view, "__closure__", None) or ()]
        if ["POST"] in kept or ("POST",) in kept:
            return True
        view = getattr(view, "__wrapped__", None)
    return False


def paths() -> list[str]:
    """Every page's path, with what a Site fills in still in braces."""
    found: list[str] = []
    for one in addresses():
        if one.name in ROWS:
            found += ROWS[one.name]
        elif not one.has_arguments:
            found.append("/" + re.sub(r"[\^?$]", "", one.route))
    return list(dict.fromkeys([*found, *MORE]))


@dataclass(frozen=True, slots=True)
class Site:
    """A portal with rows of every kind, and somebody's signed-in session."""

    portal: Portal
    session: Any
    names: dict[str, str]

    def url(self, path: str) -> str:
        """A page's address on this portal."""
        return self.portal.url + path.format_map(self.names)


_MAKE = """
from django.utils import timezone
from accounts.models import Organization, User
from accounts.organizations import found_organization
from notices.models import Webhook
from submissions.models import Endpoint, Evaluation, HostedRun, HubModel, Submission
from submissions.withdraw import withdraw_submission
owner = User.objects.get(email='{email}')
found_organization('Long Context Lab', founder=owner, now=timezone.now())
one = Submission.objects.get(public_id='{failed}')
Evaluation.objects.filter(submission=one).update(status='failed', failure='stored_file',
    failure_reason='file abc: missing', failure_hint='An organizer must restore the file.',
    finished_at=timezone.now(), lease_expires_at=None)
withdraw_submission(Submission.objects.get(public_id='{withdrawn}'), now=timezone.now(),
    reason='The wrong files.')
hook = Webhook.objects.create(owner=owner, url='https://hooks.example.org/bench',
    kinds=['scored'], created_at=timezone.now())
point = Endpoint.objects.create(owner=owner, name='Our cluster', base_url='http://127.0.0.1:9/v1',
    model_name='long-7b', context_tokens=131072, created_at=timezone.now())
run = HostedRun.objects.create(owner=owner, endpoint=point, model=one.model, release=one.release,
    tasks=['passkey'], prompt_set='portal-1', policy='middle', visibility='private', facts={{}},
    sha256='0' * 64, status='cancelled', reason='You cancelled it.', created_at=timezone.now(),
    finished_at=timezone.now())
hub = HubModel.objects.create(owner=owner, repository='lab/long-7b', revision='main',
    commit='5ca1ab1e' * 5, context_tokens=131072, needed_bytes=20 * 2**30, weight_bytes=15 * 2**30,
    facts={{'architecture': 'LlamaForCausalLM', 'parameters': 7_500_000_000, 'layers': 32,
        'max_positions': 131072, 'licence': 'apache-2.0', 'tokenizer_sha256': '7e57' * 16,
        'chat_template_sha256': ''}}, created_at=timezone.now())
print('HUB', hub.public_id)
print('POINT', point.public_id)
print('RUN', run.public_id)
print('HOOK', hook.public_id)
print('ORG', owner.organizations.get().slug)
"""


def make_site(portal: Portal, browser: Browser, folder: Path) -> Site:
    """Fill a portal that holds the published predictions with one person's own rows."""
    series = ("--name", "mini", "--tokens", "4k,8k", "--per-task", "2", "--seed", "7")
    portal.manage("generate_release", *series, "--samples")
    email = f"pages-{uuid.uuid4().hex[:6]}@example.org"
    context = browser.new_context()
    page = context.new_page()
    sign_up(page, portal.url, email)
    token = portal.token(email)
    archive = authors.zip_of("kimi", folder).read_bytes()
    uploads = {"own": "unlisted", "failed": "private", "withdrawn": "unlisted"}
    names = {}
    for name, visibility in uploads.items():
        answer = portal.upload(
            token, "kimi.zip", archive, model=f"My {name} model", visibility=visibility
        )
        assert answer.ok, answer.text
        names[name] = answer.json()["url"].rstrip("/").rsplit("/", 1)[-1]
    for public_id in names.values():
        portal.wait_scored(token, public_id)
    printed = portal.manage("shell", "-v", "0", "-c", _MAKE.format(email=email, **names))
    names["endpoint"] = printed.split("POINT ")[1].split()[0]
    names["hub"] = printed.split("HUB ")[1].split()[0]
    names["run"] = printed.split("RUN ")[1].split()[0]
    names["webhook"] = printed.split("HOOK ")[1].split()[0]
    names["organization"] = printed.split("ORG ")[1].split()[0]
    names |= _published(portal)
    names["draft"] = _draft(page, portal, archive)
    session = context.storage_state()
    context.close()
    return Site(portal, session, names)


def _published(portal: Portal) -> dict[str, str]:
    """Public ids of the authors' submissions, by their models' addresses."""
    rows = portal.query(
        "SELECT m.slug, s.public_id FROM submissions_submission s"
        " JOIN submissions_modelentry m ON m.id = s.model_id WHERE s.provenance = 'authors'"
    )
    return {slug.replace("-", "_"): public_id for slug, public_id in rows}


def _draft(page: Any, portal: Portal, archive: bytes) -> str:
    """A draft whose files a worker has tried."""
    page.goto(f"{portal.url}/submit/")
    page.get_by_role("button", name="Begin").first.click()
    page.locator("input[name=name]").fill("A draft of mine")
    page.get_by_role("button", name="Save and go on").click()
    for name in ("prompt", "decoding", "truncation", "contamination"):
        page.locator(f"input[name={name}]").first.check()
    page.get_by_role("button", name="Save and go on").click()
    file = {"name": "kimi.zip", "mimeType": "application/zip", "buffer": archive}
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Upload and check").click()
    page.get_by_text("would rank").first.wait_for(timeout=120_000)
    return str(page.url).rstrip("/").rsplit("/", 2)[-2]


def wait_ranked(portal: Portal) -> None:
    """Return when the board's intervals are those of its rows."""
    stale = "SELECT count(*) FROM submissions_boardstate WHERE computed < wanted"
    wait_until(lambda: portal.query(stale) == [(0,)], seconds=300, what="intervals")
