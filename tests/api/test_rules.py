"""What holds for every endpoint: scopes, strict fields, pages, chosen fields, ETags, throttles."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from pytest_django import Settings

from submissions.api.codes import CODES
from submissions.models import ModelEntry, Submission
from tests import make
from tests.api.make_api import ROOT, ask, script_of, submit

pytestmark = pytest.mark.django_db
JSON = "application/json"


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/submissions/", "may_read"),
        ("GET", "/board/", "may_read"),
        ("GET", "/me/", "may_read"),
        ("POST", "/submissions/", "may_submit"),
        ("POST", "/models/", "may_submit"),
        ("GET", "/uploads/", "may_submit"),
        ("PATCH", "/models/m/", "may_manage"),
        ("POST", "/submissions/x/publish/", "may_manage"),
        ("POST", "/submissions/x/withdraw/", "may_manage"),
    ],
)
def test_a_token_may_only_what_it_was_allowed(method: str, path: str, scope: str) -> None:
    client = script_of(make.user(), **{scope: False})

    answer = client.generic(method, f"{ROOT}{path}")

    assert (answer.status_code, answer.json()["code"]) == (403, "insufficient-scope")
    assert scope.removeprefix("may_") in answer["WWW-Authenticate"]


@pytest.mark.parametrize(
    "field",
    [
        *("verified", "baseline", "status", "secret", "owner", "owner_id", "submitter"),
        *("submitter_id", "user", "provenance", "created_at", "public_id", "id", "rank", "staff"),
    ],
)
def test_nobody_sets_what_is_not_theirs(field: str) -> None:
    make.release()
    client, other = script_of(make.user()), make.user("other@example.org")

    made = client.post(f"{ROOT}/models/", {"name": "M", field: other.pk}, content_type=JSON)
    sent = submit(client, **dict[str, Any]({field: other.pk}))

    assert [made.status_code, sent.status_code] == [400, 400]
    assert sent.json()["problems"][0]["field"] == field
    assert not Submission.objects.exists()
    assert not ModelEntry.objects.exists()


def test_a_change_of_a_model_takes_nothing_else() -> None:
    owner, other = make.user(), make.user("other@example.org")
    client = script_of(owner)
    slug = client.post(f"{ROOT}/models/", {"name": "M"}, content_type=JSON).json()["slug"]

    answer = client.patch(f"{ROOT}/models/{slug}/", {"owner": other.pk}, content_type=JSON)

    assert answer.status_code == 400
    assert ModelEntry.objects.get().owner == owner


@pytest.mark.parametrize(("field", "value"), [("name", 0), ("licence", 1.5), ("link", "http://[")])
def test_a_text_is_a_text_and_a_link_leads_somewhere(field: str, value: Any) -> None:
    client = script_of(make.user())
    path = f"/models/{ask(client, 'POST', '/models/', {'name': 'M'}).json()['slug']}/"

    answer = ask(client, "PATCH", path, {field: value})

    assert (answer.status_code, answer.json()["problems"][0]["field"]) == (400, field)


def test_a_name_is_one_models() -> None:
    client = script_of(make.user())
    for name in ("One", "Two"):
        client.post(f"{ROOT}/models/", {"name": name}, content_type=JSON)

    again = client.post(f"{ROOT}/models/", {"name": "one"}, content_type=JSON)
    renamed = client.patch(f"{ROOT}/models/two/", {"name": "ONE"}, content_type=JSON)

    assert [again.json()["code"], renamed.json()["code"]] == ["name-taken"] * 2


@pytest.mark.parametrize("query", ["scorerr=x", "fields=nothing", "fields=", "scorer=a&scorer=b"])
def test_what_nobody_reads_is_refused(query: str) -> None:
    assert Client().get(f"{ROOT}/board/?{query}").status_code == 400


def test_only_the_chosen_fields_come() -> None:
    make.release()

    rows = Client().get(f"{ROOT}/releases/?fields=name,suite").json()["results"]

    assert rows == [{"name": "test", "suite": "infinitebench"}]


def test_pages_have_every_row_once_though_rows_come_meanwhile() -> None:
    owner = make.user()
    client = script_of(owner)
    for number in range(5):
        client.post(f"{ROOT}/models/", {"name": f"M{number}"}, content_type=JSON)

    seen: list[str] = []
    url: str | None = f"{ROOT}/models/?page_size=2"
    while url:
        page = client.get(url).json()
        seen += [one["name"] for one in page["results"]]
        client.post(f"{ROOT}/models/", {"name": f"New {len(seen)}"}, content_type=JSON)
        url = page["next"]

    assert seen == ["M4", "M3", "M2", "M1", "M0"]


@pytest.mark.parametrize("size", ["0", "-1", "201", "x", "", "1.5"])
def test_a_page_has_a_size(size: str) -> None:
    assert Client().get(f"{ROOT}/models/", {"page_size": size}).status_code == 400


@pytest.mark.parametrize("cursor", ["x", "cD1h", "cD05OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "é"])
def test_a_place_that_nobody_gave_is_not_found(cursor: str) -> None:
    assert Client().get(f"{ROOT}/models/", {"cursor": cursor}).status_code == 404


def test_what_has_not_changed_is_not_sent_again() -> None:
    make.release()
    first = Client().get(f"{ROOT}/releases/")

    again = Client().get(f"{ROOT}/releases/", headers={"If-None-Match": first["ETag"]})
    weak = Client().get(f"{ROOT}/releases/", headers={"If-None-Match": f"W/{first['ETag']}"})
    make.release("second", n=2)
    changed = Client().get(f"{ROOT}/releases/", headers={"If-None-Match": first["ETag"]})

    assert [one.status_code for one in (first, again, weak, changed)] == [200, 304, 304, 200]
    assert (again.content, again["ETag"]) == (b"", first["ETag"])
    assert changed["ETag"] != first["ETag"]


def test_what_is_not_public_is_kept_by_no_cache_between() -> None:
    make.release()

    own = script_of(make.user()).get(f"{ROOT}/releases/")

    assert own["Cache-Control"].startswith("private")
    assert "Authorization" in own["Vary"]
    assert Client().get(f"{ROOT}/releases/")["Cache-Control"].startswith("public")


@pytest.fixture
def _throttled(settings: Settings) -> None:
    settings.CACHES = settings.CACHES | {
        "throttle": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    }
    settings.API_ADDRESS_REQUESTS_PER_MINUTE = 3


@pytest.mark.usefixtures("_throttled")
def test_an_address_that_asks_too_often_is_told_when_to_come_back() -> None:
    answers = [Client(REMOTE_ADDR="10.0.0.1").get(f"{ROOT}/tasks/") for _ in range(5)]

    # A minute may end between two of them, and then one more is let in.
    assert answers[-1].status_code == 429 or answers[-2].status_code == 429
    refused = next(one for one in answers if one.status_code == 429)
    assert 0 < int(refused["Retry-After"]) <= 60
    assert "r=0" in refused["RateLimit"]
    assert Client(REMOTE_ADDR="10.0.0.2").get(f"{ROOT}/tasks/").status_code == 200


@pytest.mark.usefixtures("_throttled")
def test_nobody_gets_more_by_inventing_addresses() -> None:
    answers = [
        Client(REMOTE_ADDR="10.0.0.3", headers={"X-Forwarded-For": f"1.1.1.{n}"}).get(
            f"{ROOT}/tasks/"
        )
        for n in range(8)
    ]

    assert 429 in {one.status_code for one in answers}


def test_a_counter_that_is_out_of_reach_turns_nobody_away(settings: Settings) -> None:
    dead = settings.CACHES["throttle"] | {"LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = settings.CACHES | {"throttle": dead}
    settings.API_ADDRESS_REQUESTS_PER_MINUTE = 1

    assert [Client().get(f"{ROOT}/tasks/").status_code for _ in range(3)] == [200] * 3


def test_a_submission_tells_what_is_left_of_the_day() -> None:
    make.release()

    answer = submit(script_of(make.user()))

    assert '"day";q=20;w=86400' in answer["RateLimit-Policy"]
    assert re.search(r'"day";r=19;t=8\d{4}', answer["RateLimit"])


@pytest.mark.parametrize("path", ["/nothing/", "/submissions/%20/", "/models/é/", "/a/b/c/"])
def test_whatever_is_nowhere_is_told_so_in_the_same_shape(path: str) -> None:
    answer = Client().get(f"{ROOT}{path}")

    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_every_code_is_documented_and_every_documented_code_is_one() -> None:
    text = (Path(django_settings.BASE_DIR) / "docs" / "api.md").read_text()

    rows: dict[str, Any] = dict(re.findall(r"^\| `([a-z-]+)` \| (\d+) \|", text, re.MULTILINE))

    assert {code: str(int(status)) for code, status in CODES.items()} == rows


def test_a_problem_leads_to_its_row_of_the_guide(settings: Settings) -> None:
    static = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": static}
    problem = Client().get(f"{ROOT}/nothing/").json()

    address, _, anchor = problem["type"].partition("#")
    assert f'id="{anchor}"' in Client().get(address).content.decode()
