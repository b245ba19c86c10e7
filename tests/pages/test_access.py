"""Who may see what: as submitter, other user, nobody, staff."""

from collections.abc import Callable

import pytest

from accounts.models import User
from submissions.models import Submission
from submissions.withdraw import withdraw_submission
from tests import make
from tests.pages.make_pages import client_of, scored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("release")]
PAGES: dict[str, Callable[[Submission], str]] = {
    "page": lambda one: f"/s/{one.public_id}/",
    "examples": lambda one: f"/s/{one.public_id}/examples/passkey/",
    "file": lambda one: f"/s/{one.public_id}/files/{one.files.all()[0].sha256}/",
}


@pytest.fixture
def people() -> dict[str, User | None]:
    """Everybody who may come by."""
    return {
        "owner": make.user("owner@example.org"),
        "other": make.user("other@example.org"),
        "staff": make.user("staff@example.org", is_staff=True),
        "nobody": None,
    }


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    ("visibility", "is_withdrawn", "outsider"),
    [
        ("public", False, 200),
        ("unlisted", False, 200),
        ("private", False, 404),
        ("public", True, 410),
        ("unlisted", True, 410),
        ("private", True, 404),
    ],
)
def test_submission_pages_open_to(
    people: dict[str, User | None], visibility: str, is_withdrawn: bool, outsider: int, page: str
) -> None:
    submission = scored(submitter=people["owner"], visibility=visibility)
    if is_withdrawn:
        withdraw_submission(submission, now=make.NOW)
    # Behind a tombstone there is nothing more.
    refused = 404 if outsider == 410 and page != "page" else outsider

    answers = {
        who: client_of(person).get(PAGES[page](submission)).status_code
        for who, person in people.items()
    }

    assert answers == {"owner": 200, "staff": 200, "other": refused, "nobody": refused}


def test_a_tombstone_shows_no_name(people: dict[str, User | None]) -> None:
    submission = scored(submitter=people["owner"], model="Secret Name")
    withdraw_submission(submission, now=make.NOW)

    page = client_of(None).get(f"/s/{submission.public_id}/").content.decode()

    assert "Withdrawn" in page
    assert "Secret Name" not in page


@pytest.mark.parametrize(
    ("visibility", "status"), [("public", 200), ("unlisted", 404), ("private", 404)]
)
def test_a_model_is_open_with_its_first_public_submission(
    people: dict[str, User | None], visibility: str, status: int
) -> None:
    submission = scored(submitter=people["owner"], visibility=visibility)
    path = f"/models/{submission.model.slug}/"

    assert client_of(people["other"]).get(path).status_code == status
    assert client_of(None).get(path).status_code == status
    assert client_of(people["owner"]).get(path).status_code == 200


@pytest.mark.parametrize("visibility", ["unlisted", "private"])
@pytest.mark.parametrize("path", ["/", "/leaderboard/", "/models/test-model/", "/queue/", "/mine/"])
def test_what_is_not_public_is_listed_nowhere(
    people: dict[str, User | None], visibility: str, path: str
) -> None:
    scored(submitter=people["owner"], right=1)
    hidden = scored(submitter=people["owner"], visibility=visibility)

    for who in ("other", "nobody"):
        assert hidden.public_id not in client_of(people[who]).get(path).content.decode()


def test_only_the_submitter_may_withdraw(people: dict[str, User | None]) -> None:
    submission = scored(submitter=people["owner"])
    path = f"/s/{submission.public_id}/withdraw/"

    for who, status in {"other": 404, "staff": 404, "nobody": 302, "owner": 302}.items():
        assert Submission.objects.filter(withdrawn_at=None).exists()
        assert client_of(people[who]).post(path).status_code == status

    assert not Submission.objects.filter(withdrawn_at=None).exists()


@pytest.mark.parametrize("path", ["/submit/", "/submit/one-page/", "/mine/", "/account/tokens/"])
def test_personal_pages_ask_to_sign_in(path: str) -> None:
    answer = client_of(None).get(path)

    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        f"/accounts/login/?next={path}",
    )
