"""What is refused is said in the reader's language, on pages and in the API alike."""

from collections.abc import Sequence
from datetime import timedelta
from string import Formatter
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from django.utils import timezone, translation

from accounts.models import ApiToken, Organization, Scope, User
from accounts.organizations import found_organization
from accounts.tokens import create_token
from outbound.refusals import REFUSALS, AddressRefused
from submissions.models import Release, Round
from submissions.problem_words import translated_refusal
from submissions.quota import quota_of
from tests import make
from tests.pages.make_pages import client_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
CHINESE = {"Accept-Language": "zh-CN,zh;q=0.9"}
WORDS = {"host": "a.example", "address": "10.0.0.1", "chars": "400"}


def upload(user: User, *, right: int = 3, **fields: Any) -> Any:
    """What the API answers to twelve files that a Chinese reader sends."""
    token = ApiToken.objects.create(user, name="test")[1]
    archive = SimpleUploadedFile("all.zip", make.zipped(make.files(right=right)))
    return Client(headers={"Authorization": f"Token {token}", **CHINESE}).post(
        "/api/v1/submissions/", {"files": archive, "model": "Scripted", **fields}
    )


def upload_page(user: User, *, right: int = 3) -> str:
    """The page that answers the same files, sent by the form."""
    archive = SimpleUploadedFile("all.zip", make.zipped(make.files(right=right)))
    answer = client_of(user).post(
        "/submit/one-page/",
        {"name": "M", "weights": "open", "visibility": "public", "action": "submit"}
        | {"files": archive},
        headers=CHINESE,
    )
    assert answer.status_code == 422
    return answer.content.decode()


@pytest.mark.parametrize(
    ("setting", "found", "fix"),
    [
        ("SUBMISSIONS_PER_DAY", "您在过去 24 小时内的 1 次提交", "UTC 之后再提交"),
        ("SUBMISSIONS_AT_ONCE", "您的 1 个提交正在等待或评分", "其中一个评分完成后再提交。"),
    ],
)
def test_a_used_up_quota_is_said_in_chinese(setting: str, found: str, fix: str) -> None:
    make.release()
    user = make.user()
    with override_settings(**{setting: 1}):
        assert upload(user).status_code == 201
        told = upload(user, right=1).json()
        page = upload_page(user, right=1)

    (problem,) = told["problems"]
    assert told["detail"] == "上传被拒绝：1 个问题。"
    assert found in problem["found"]
    assert fix in problem["fix"]
    assert all(words in page for words in (found, fix, problem["expected"]))


def test_an_organizations_quota_is_named_in_chinese() -> None:
    lab: Organization = found_organization("Lab", founder=make.user(), now=make.NOW)

    with translation.override("zh-hans"):
        assert quota_of(lab, now=make.NOW).whose == "Lab "


@pytest.mark.parametrize(
    ("opens_in", "words"), [(1, ("开始", "请在轮次开始后提交。")), (-2, ("已于", "不再接受预测"))]
)
def test_a_round_that_is_not_open_is_said_in_chinese(opens_in: int, words: Sequence[str]) -> None:
    opens_at = timezone.now() + opens_in * DAY
    round_ = Round.objects.create(
        slug="r", title="R", opens_at=opens_at, closes_at=opens_at + DAY, is_blind=True
    )
    Release.objects.filter(pk=make.release().pk).update(round=round_)
    user = make.user()

    (problem,) = upload(user).json()["problems"]
    page = upload_page(user)

    for found, part in zip(words, ("found", "fix"), strict=True):
        assert found in problem[part]
        assert found in page


def test_what_is_wrong_with_files_is_said_in_chinese_by_the_api() -> None:
    make.release()
    token = ApiToken.objects.create(make.user(), name="test")[1]

    answer = Client(headers={"Authorization": f"Token {token}", **CHINESE}).post(
        "/api/v1/submissions/",
        {"files": SimpleUploadedFile("preds_passkey.jsonl", b""), "model": "M"},
    )

    (problem,) = answer.json()["problems"]
    assert (problem["code"], problem["expected"]) == ("empty-file", "每行一个 JSON 对象")


def test_an_address_that_is_not_called_is_said_in_chinese() -> None:
    user = make.user()

    page = client_of(user).post(
        "/account/notices/webhooks/",
        {"url": "https://127.0.0.1/x", "kinds": ["submission.scored"]},
        headers=CHINESE,
    )
    token = create_token(user, name="t", scopes=[Scope.MANAGE], lifetime=None)[1]
    answer = Client(headers={"Authorization": f"Token {token}", **CHINESE}).post(
        "/api/v1/webhooks/", {"url": "ftp://a.example/"}, content_type="application/json"
    )

    assert "127.0.0.1 指向 127.0.0.1，该地址不在公共互联网上。" in page.content.decode()
    assert "只能调用 http" in answer.json()["problems"][0]["message"]


@pytest.mark.parametrize("code", REFUSALS)
def test_a_stored_refusal_is_told_again_in_chinese_with_its_words(code: str) -> None:
    holes = {name: WORDS[name] for _, name, *_ in Formatter().parse(REFUSALS[code]) if name}
    stored = str(AddressRefused(code, **holes))

    with translation.override("zh-hans"):
        told = translated_refusal(stored)

    assert told != stored
    assert all(word in told for word in holes.values())


def test_what_a_server_said_stays_as_it_was_said() -> None:
    with translation.override("zh-hans"):
        assert translated_refusal("answered 503") == "answered 503"
