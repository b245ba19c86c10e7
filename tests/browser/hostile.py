"""A portal in which every text that somebody may choose is an attempt to run a script.

Run inside a portal's own shell (`WORLD`); prints names for the addresses to look at.
"""

from typing import Final

# Marks the page if anything of it runs; short enough for every field.
MARKUP: Final = "\"'><img src=x onerror=document.documentElement.dataset.ran=1>"
SCRIPT: Final = "</script><script>document.documentElement.dataset.ran=1</script>"
ADDRESS: Final = (
    "https://hooks.example.org/?q=\"'><script>document.documentElement.dataset.ran=1</script>"
)
TEMPLATE: Final = "{{ 7|add:7 }}{% now 'Y' %}${7*7}"

WORLD: Final = """
import io, json
from django.utils import timezone
from accounts.models import User, Organization, ApiToken
from accounts.organizations import found_organization, invite
from allauth.account.models import EmailAddress
from notices.models import Delivery, Webhook
from submissions.actions import publish_submission
from submissions.entries import ModelFacts
from submissions.models import Draft, Endpoint, HostedRun, Submission
from submissions.receive import UploadOptions, receive_upload
from submissions.withdraw import withdraw_submission
from tests import make
from tests.browser.hostile import ADDRESS, MARKUP, SCRIPT, TEMPLATE
from workers.tasks import evaluate, rank
now = timezone.now()
make.release("hostile")
owner = User.objects.create_user("hostile@example.org", make.PASSWORD, name=MARKUP[:80])
owner.is_staff = owner.is_superuser = True
owner.save()
EmailAddress.objects.create(user=owner, email=owner.email, verified=True, primary=True)
lab = found_organization(MARKUP[:70], founder=owner, now=now)
invite(lab, "guest@example.org", role="member", inviter=owner, now=now)
def upload(name, note, **options):
    files = []
    for task, labels in make.answers().items():
        rows = [
            {"id": i, "prediction": [SCRIPT, MARKUP, make.right_prediction(task, label)][i % 3]}
            for i, label in enumerate(labels)
        ]
        rows = [{**row, "task": task} for row in rows]
        files.append((f"{MARKUP} {task}.jsonl", io.BytesIO(make.jsonl(rows))))
    return receive_upload(
        files,
        model=ModelFacts(name=name, organization=MARKUP, licence=SCRIPT[:80],
                         link="https://example.org/?<script>alert(1)</script>"),
        submitter=owner, now=now,
        options=UploadOptions(suite=make.SUITE.slug, note=note, **options))
public = upload(MARKUP, SCRIPT)
other = upload(SCRIPT, MARKUP)
formula = upload("=HYPERLINK(1)" + TEMPLATE, "@SUM(1)")
gone = upload("gone" + MARKUP, MARKUP)
for one in (public, other, formula, gone):
    evaluate(evaluation_id=one.evaluations.get().pk)
withdraw_submission(gone, now=now, reason=SCRIPT + MARKUP)
for scorer in make.SUITE.scorers:
    rank(board="infinitebench", scorer=scorer.name)
draft = Draft.objects.create(owner=owner, kind="predictions", suite=make.SUITE.slug,
    created_at=now, updated_at=now, facts={"name": MARKUP, "organization": SCRIPT})
hook = Webhook.objects.create(owner=owner, url=ADDRESS, kinds=["scored"], created_at=now)
Delivery.objects.create(webhook=hook, kind="submission.scored", body=json.dumps({"x": SCRIPT}),
    created_at=now, due_at=now, error=MARKUP)
point = Endpoint.objects.create(owner=owner, name=MARKUP[:80], base_url="https://example.org/v1",
    model_name=SCRIPT[:80], context_tokens=131072, created_at=now)
run = HostedRun.objects.create(owner=owner, endpoint=point, model=public.model,
    release=public.release, tasks=["passkey"], prompt_set="portal-1", policy="middle",
    visibility="private", facts={}, sha256="0" * 64, status="cancelled", reason=SCRIPT + MARKUP,
    created_at=now, finished_at=now)
ApiToken.objects.create(owner, name=MARKUP[:60])
print("NAMES", json.dumps({
    "public": public.public_id, "other": other.public_id, "formula": formula.public_id,
    "gone": gone.public_id, "model": public.model.slug, "other_model": other.model.slug,
    "formula_model": formula.model.slug, "draft": draft.public_id, "webhook": hook.public_id,
    "endpoint": point.public_id, "run": run.public_id, "organization": lab.slug,
    "draft_pk": draft.pk, "owner_pk": owner.pk, "model_pk": public.model.pk,
    "submission_pk": public.pk,
}))
"""
# Every page on which one of these texts is shown.
PAGES: Final = (
    "/",
    "/leaderboard/",
    "/leaderboard/?track=infinitebench&q=%3Cscript%3Edocument.documentElement.dataset.ran%3D1%3C/script%3E",
    "/leaderboard/?scorer=%22%3E%3Cscript%3Ex%3C/script%3E&sort=%27%3E%3Cimg%20src%3Dx%3E",
    "/tasks/",
    "/tasks/passkey/",
    "/tasks/longbook_sum_eng/",
    "/models/{model}/",
    "/models/{other_model}/",
    "/models/{formula_model}/",
    "/s/{public}/",
    "/s/{other}/",
    "/s/{formula}/",
    "/s/{gone}/",
    "/s/{public}/examples/passkey/",
    "/s/{public}/examples/longbook_qa_eng/",
    "/compare?s={public},{other}",
    "/compare?s={public},%22%3E%3Cscript%3Edocument.documentElement.dataset.ran=1%3C/script%3E",
    "/compare/examples?s={public},{other}&task=passkey",
    "/mine/",
    "/queue/",
    "/submit/",
    "/submit/one-page/",
    "/submit/{draft}/model/",
    "/submit/{draft}/protocol/",
    "/submit/{draft}/upload/",
    "/endpoints/",
    "/endpoints/{endpoint}/",
    "/endpoints/{endpoint}/change/",
    "/endpoints/{endpoint}/run/",
    "/runs/{run}/",
    "/account/tokens/",
    "/account/notices/",
    "/account/notices/webhooks/{webhook}/",
    "/account/organizations/",
    "/account/organizations/{organization}/",
    "/account/organizations/{organization}/models/",
    "/account/data/",
    "/accounts/email/",
    "/audit/",
    "/releases/",
    "/releases/hostile/",
    "/admin/",
    "/admin/accounts/user/",
    "/admin/accounts/user/{owner_pk}/change/",
    "/admin/submissions/modelentry/",
    "/admin/submissions/modelentry/{model_pk}/change/",
    "/admin/submissions/submission/",
    "/admin/submissions/submission/{submission_pk}/change/",
    "/admin/submissions/evaluation/",
    "/admin/submissions/boardevent/",
    "/admin/submissions/rescorereport/",
    "/admin/submissions/release/",
    "/admin/audit/auditentry/",
    "/admin/notices/letter/",
    "/admin/notices/delivery/",
    "/%3Cscript%3Edocument.documentElement.dataset.ran=1%3C/script%3E/",
)
# What else shows them: no page, but opened in a browser all the same.
FILES: Final = (
    "/leaderboard.csv",
    "/leaderboard.json",
    "/leaderboard.md",
    "/leaderboard.tex",
    "/leaderboard.atom",
    "/models/{model}/badge.svg",
    "/audit.jsonl",
    "/api/v1/models/",
    "/api/v1/models/{model}/",
    "/api/v1/submissions/{public}/",
    "/api/v1/submissions/{public}/examples/?task=passkey",
    "/api/v1/board/",
    "/api/v1/events/",
)
