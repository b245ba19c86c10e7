"""Releases on pages: what every role gets of private data, of rounds, and of public ones."""

import io
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core import signing
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApiToken, User
from submissions.contexts import LINK_LIFE, sign_link
from submissions.generated import release_folder
from submissions.models import BoardEvent, Release, Round, Standing, Submission, TaskResult
from tests import make
from tests.pages.make_pages import client_of
from workers.tasks import evaluate, sweep

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def generate(name: str = "fresh", **options: Any) -> Release:
    """A generated release of short contexts; private unless a seed is given."""
    options = {"tokens": "256", "per_task": 4, "verbosity": 0} | options
    if "seed" not in options:
        options["private"] = True
    call_command("generate_release", name=name, **options)
    return Release.objects.get(name=name)


def in_round(*, opens: timedelta = -HOUR, closes: timedelta = HOUR) -> Release:
    """A private release in a blind round; times are from now on."""
    now = timezone.now()
    Round.objects.create(
        slug="spring", title="Spring", opens_at=now + opens, closes_at=now + closes, is_blind=True
    )
    return generate(round="spring")


def move_end(by: timedelta) -> None:
    Round.objects.update(opens_at=timezone.now() - 9 * HOUR, closes_at=timezone.now() + by)


def contexts(release: Release, key: str | None = None, task: str = "math_find") -> str:
    address = reverse("submissions:contexts", args=[release.name, task])
    return address if key is None else f"{address}?key={key}"


def predictions(release: Release, task: str = "passkey") -> io.BytesIO:
    """The right ones, as a file that can be uploaded."""
    path = release_folder(release.name) / f"{task}.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    file = io.BytesIO(
        make.jsonl([{"id": row["id"], "prediction": row["answer"][0]} for row in rows])
    )
    file.name = f"preds_{task}.jsonl"
    return file


def roles() -> list[tuple[str, Client]]:
    """Everybody who may come by."""
    staff = make.user("staff@example.org", is_staff=True, is_superuser=True)
    return [
        ("nobody", client_of(None)),
        ("somebody", client_of(make.user("somebody@example.org"))),
        ("staff", client_of(staff)),
    ]


def test_private_contexts_need_a_key_from_everybody() -> None:
    release = generate()
    other = generate("other")
    stranger = make.user("former@example.org", is_active=False)
    active = make.user("active@example.org")
    wrong = {
        "none": None,
        "forged": signing.dumps(["fresh", active.pk], salt="elsewhere"),
        "another release's": sign_link(other, active),
        "somebody's who left": sign_link(release, stranger),
        "nonsense": "a:b:c",
    }
    for role, client in roles():
        for what, key in wrong.items():
            assert client.get(contexts(release, key)).status_code == 403, (role, what)


def test_a_key_works_for_a_day(monkeypatch: pytest.MonkeyPatch) -> None:
    release = generate()
    key = sign_link(release, make.user())

    assert Client().get(contexts(release, key)).status_code == 200

    monkeypatch.setattr("submissions.contexts.LINK_LIFE", -LINK_LIFE)
    assert Client().get(contexts(release, key)).status_code == 403


def test_private_contexts_come_without_what_tells_an_answer() -> None:
    release = generate()
    key = sign_link(release, make.user())

    for task in make.SUITE.slugs:
        response = Client().get(contexts(release, key, task))

        sent = [json.loads(line) for line in response.getvalue().splitlines()]
        assert len(sent) == 4
        assert {tuple(row) for row in sent} == {("id", "context", "input", "options", "length")}
        assert response["Cache-Control"] == "private, no-store"


def test_the_page_hands_keys_to_who_is_signed_in_and_lets_no_cache_keep_them() -> None:
    release = generate()
    address = reverse("submissions:release", args=[release.name])

    anonymous = client_of(None).get(address)
    signed_in = client_of(make.user()).get(address)

    assert "key=" not in anonymous.content.decode()
    assert "key=" in signed_in.content.decode()
    assert signed_in["Cache-Control"] == "private, no-store"


def test_nobody_gets_contexts_before_the_round_opens() -> None:
    release = in_round(opens=HOUR, closes=2 * HOUR)
    key = sign_link(release, make.user())

    for role, client in roles():
        assert client.get(contexts(release, key)).status_code == 404, role


def test_a_public_release_is_handed_out_whole_with_its_samples() -> None:
    release = generate(seed=3, samples=True)

    response = Client().get(contexts(release, task="passkey"))

    path = release_folder("fresh") / "passkey.jsonl"
    assert response.getvalue() == path.read_bytes()
    for slug in ("constant", "reader"):
        sample = Client().get(reverse("submissions:sample", args=["fresh", slug]))
        assert sample.status_code == 200
        assert sample.getvalue().startswith(b"PK")
    assert Client().get(reverse("submissions:sample", args=["fresh", "x"])).status_code == 404


def test_the_seed_of_a_private_release_is_on_no_page_for_nobody() -> None:
    release = in_round()
    seed = (settings.STATE_DIR / "seeds" / "fresh").read_text()
    addresses = [
        reverse("submissions:releases"),
        reverse("submissions:release", args=["fresh"]),
        reverse("submissions:series", args=["fresh"]),
        reverse("submissions:leaderboard") + "?track=fresh",
        reverse("admin:submissions_release_change", args=[release.pk]),
    ]
    for role, client in roles():
        for address in addresses:
            assert seed not in client.get(address).content.decode(), (role, address)


def upload_page(client: Client, file: io.BytesIO) -> Any:
    data = {"name": "Late model", "weights": "open", "visibility": "public", "action": "submit"}
    return client.post(reverse("submissions:submit-one-page"), data | {"files": file})


def upload_api(user: User, file: io.BytesIO) -> Any:
    token = ApiToken.objects.create(user, name="test")[1]
    return Client().post(
        "/api/v1/submissions/",
        {"model": "Late model", "files": file},
        headers={"Authorization": f"Token {token}"},
    )


def test_a_late_upload_is_refused_with_the_same_words_on_page_and_in_the_api() -> None:
    release = in_round()
    move_end(-HOUR)
    user = make.user()

    page = upload_page(client_of(user), predictions(release))
    answer = upload_api(user, predictions(release))

    (problem,) = answer.json()["problems"]
    assert (page.status_code, answer.status_code) == (422, 422)
    assert problem["code"] == "round-closed"
    text = page.content.decode()
    for words in ("expected", "fix"):
        assert problem[words] in text
    assert problem["found"].split("UTC, ")[1] in text
    assert not Submission.objects.exists()


READERS: dict[str, Callable[[Submission], str]] = {
    "submission": lambda one: one.get_absolute_url(),
    "examples": lambda one: reverse("submissions:examples", args=[one.public_id, "passkey"]),
    "api": lambda one: reverse("api:submission", args=[one.public_id]),
    "board": lambda _: reverse("submissions:leaderboard") + "?track=fresh",
    "board in the api": lambda _: reverse("api:board") + "?track=fresh",
    "series": lambda _: reverse("submissions:series", args=["fresh"]),
    "model": lambda one: one.model.get_absolute_url(),
    "map": lambda one: reverse("submissions:series-model", args=["fresh", one.model.slug]),
    "queue": lambda _: reverse("submissions:queue"),
    "home": lambda _: reverse("submissions:home"),
}


def test_a_blind_round_has_no_result_for_anybody_until_it_closes() -> None:
    release = in_round()
    owner = make.user("owner@example.org")
    assert upload_api(owner, predictions(release)).status_code == 201
    submission = Submission.objects.get()
    evaluation = submission.evaluations.get()

    sweep()
    evaluate(evaluation_id=evaluation.pk)

    # There is nothing that any door, export, event or chart could show.
    assert not TaskResult.objects.exists()
    assert not Standing.objects.exists()
    assert not BoardEvent.objects.exclude(kind="submitted").exists()
    for role, client in [*roles(), ("owner", client_of(owner))]:
        for what, address in READERS.items():
            text = client.get(address(submission)).content.decode()
            assert "100.0" not in text, (role, what)
            assert '"passkey": 1.0' not in text, (role, what)
    told = client_of(owner).get(submission.get_absolute_url()).content.decode()
    assert "there are no results before that" in told

    move_end(timedelta(seconds=-1))
    evaluate(evaluation_id=evaluation.pk)

    assert Standing.objects.get(scorer="portal-1").means == {"passkey": 1.0}
    shown = client_of(None).get(READERS["board"](submission)).content.decode()
    assert "100.0" in shown


def test_nobody_copies_predictions_while_a_blind_round_runs() -> None:
    release, owner = in_round(), make.user("owner@example.org")
    upload_api(owner, predictions(release))
    submission = Submission.objects.get()
    address = f"/s/{submission.public_id}/files/{submission.files.get().sha256}/"

    assert client_of(owner).get(address).status_code == 200
    for _, client in roles()[:2]:
        assert client.get(address).status_code == 404
        assert address not in client.get(submission.get_absolute_url()).content.decode()

    move_end(timedelta(seconds=-1))
    assert client_of(None).get(address).status_code == 200
