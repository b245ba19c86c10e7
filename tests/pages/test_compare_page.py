"""Comparisons as pages: who may see them, what odd addresses lead to, what is shown."""

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from scoring import Outcome
from submissions.models import Submission, TaskResult
from submissions.withdraw import withdraw_submission
from tests import make
from tests.pages.make_pages import client_of, failed, scored
from tests.pages.test_markup import INLINE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("release")]


@pytest.fixture
def people() -> dict[str, User | None]:
    """Everybody who may come by."""
    return {
        "owner": make.user("owner@example.org"),
        "other": make.user("other@example.org"),
        "staff": make.user("staff@example.org", is_staff=True),
        "nobody": None,
    }


def path_of(*submissions: Submission, examples: bool = False) -> str:
    ids = ",".join(one.public_id for one in submissions)
    return f"/compare/examples?s={ids}&task=passkey" if examples else f"/compare?s={ids}"


def page_of(*submissions: Submission, more: str = "", examples: bool = False) -> str:
    answer = Client().get(path_of(*submissions, examples=examples) + more)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("examples", [False, True])
@pytest.mark.parametrize(
    ("visibility", "is_withdrawn", "outsider"),
    [
        ("public", False, 200),
        ("unlisted", False, 200),
        ("private", False, 404),
        ("public", True, 404),
        ("private", True, 404),
    ],
)
def test_a_comparison_opens_to_who_may_open_both(
    people: dict[str, User | None],
    visibility: str,
    is_withdrawn: bool,
    outsider: int,
    examples: bool,
) -> None:
    public = scored(submitter=people["owner"], model="Public", right=1)
    one = scored(submitter=people["owner"], model="One", visibility=visibility)
    if is_withdrawn:
        withdraw_submission(one, now=make.NOW)

    for path in (path_of(public, one, examples=examples), path_of(one, public, examples=examples)):
        answers = {who: client_of(person).get(path) for who, person in people.items()}
        assert {who: answer.status_code for who, answer in answers.items()} == {
            "owner": 200,
            "staff": 200,
            "other": outsider,
            "nobody": outsider,
        }


def test_what_is_not_public_is_kept_from_search_engines() -> None:
    public, unlisted = scored(model="A", right=1), scored(model="B", visibility="unlisted")

    assert 'content="noindex"' in page_of(public, unlisted)
    assert 'content="noindex"' not in page_of(public, scored(model="C", right=2))


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("?s=", 400),
        ("?s=,,", 400),
        ("?s=bcdfghjkmn", 400),
        ("?s=bcdfghjkmn,bcdfghjkmn", 400),
        ("?s=a&s=b&s=c&s=d&s=e&s=f&s=g", 400),
        ("?s=bcdfghjkmn,bcdfghjkmp", 404),
        ("?s=%00,b", 404),
        ("?s=" + "x" * 5000 + ",b", 404),
        ("?s='%22--,%F0%9F%98%80", 404),
        ("?s=%ff,b", 404),
    ],
)
@pytest.mark.parametrize("path", ["/compare", "/compare/"])
def test_an_odd_address_is_answered_clearly(
    client: Client, path: str, query: str, status: int
) -> None:
    answer = client.get(f"{path}{query}")

    assert answer.status_code == status
    if status == 400:
        assert "takes 2 to 6 submissions" in answer.content.decode()


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("&scorer=x", 404),
        ("&scorer=%00", 404),
        ("&scorer=portal-1", 200),
        ("&confirm=x", 200),
        ("&confirm=1", 200),
    ],
)
def test_odd_options_never_break_the_page(client: Client, query: str, status: int) -> None:
    path = path_of(scored(model="A"), scored(model="B", right=1))

    assert client.get(path + query).status_code == status


@pytest.mark.parametrize("number", ["0", "99", "x", "9" * 40, "²", "-1"])
def test_any_page_number_leads_to_examples(number: str) -> None:
    one, other = scored(model="A"), scored(model="B", right=1)

    assert page_of(one, other, examples=True, more=f"&page={number}").count("<article") == 2


@pytest.mark.parametrize(
    "query", ["", "&task=", "&task=nothing", "&task=%00", "&task=passkey&scorer=x"]
)
def test_an_unknown_task_is_not_found(client: Client, query: str) -> None:
    path = path_of(scored(model="A"), scored(model="B", right=1)).replace(
        "/compare", "/compare/examples"
    )

    assert client.get(path + query).status_code == 404


def test_examples_stand_side_by_side_for_two_at_a_time(client: Client) -> None:
    three = [scored(model=f"M{at}", right=at) for at in range(3)]

    assert client.get(path_of(*three, examples=True)).status_code == 400


def test_repeated_parameters_are_as_good_as_commas() -> None:
    one, other = scored(model="A"), scored(model="B", right=1)
    path = f"/compare?s={one.public_id}&s={other.public_id}"

    assert Client().get(path).status_code == 200


def test_the_verdict_is_a_sentence() -> None:
    page = page_of(scored(model="Weak", right=1), scored(model="Strong"))

    text = " ".join(re.sub(r"<[^>]+>", "", page).split())
    assert re.search(
        r"Strong is ahead of Weak by \d+\.\d points \[\d+\.\d, \d+\.\d\]; \d+ of 12 tasks differ",
        text,
    )


def test_equal_submissions_are_not_told_apart() -> None:
    page = page_of(scored(model="A", right=1), scored(model="B", right=1))

    assert "cannot be told apart: they are 0.0 points apart [0.0, 0.0]; 0 of 12" in page


def test_a_partial_submission_gets_no_rank_claim() -> None:
    page = page_of(scored(model="Whole"), scored(model="Part", tasks=make.SUITE.slugs[:11]))

    assert "Compared on the 11 tasks that both have" in page
    assert "not submitted by Part" in page
    assert "<dd>not ranked</dd>" in page


def test_two_are_resampled_and_more_only_when_asked() -> None:
    several = [scored(model=f"M{at}", right=at) for at in range(3)]

    assert "10,000 draws each, seed" in page_of(*several[:2])
    assert "10,000 draws each, seed" not in page_of(*several)
    assert page_of(*several, more="&confirm=1").count("10,000 draws each, seed") == 2


@pytest.mark.parametrize("count", [2, 6])
def test_pages_hold_no_code_and_name_what_they_draw(count: int) -> None:
    several = [scored(model=f"M{at}", right=at % 4) for at in range(count - 1)]
    several.append(failed(model="Failed", right=1, tasks=["passkey"]))
    if count == 2:
        several[1] = scored(model="Other", right=2)
    page = page_of(*several)
    others = [page_of(*several[:2], examples=True)]

    for one in (page, *others):
        assert INLINE.search(one) is None
        assert one.count("<h1") == 1
        ids = re.findall(r'\sid="([^"]+)"', one)
        assert len(ids) == len(set(ids))
        assert one.count("<table") == one.count("<caption")
        assert not re.search(r"\b(?:nan|inf|None)\b", re.sub(r"<[^>]+>", " ", one))
    assert 'role="img" aria-labelledby="chart-forest-title-560 chart-forest-desc-560"' in page


def test_the_drawing_and_the_table_have_the_same_differences() -> None:
    page = page_of(scored(model="A", right=1), scored(model="B"))
    drawing = page[page.index('<svg role="img"') :]
    drawing = drawing[: drawing.index("</svg>")]

    assert drawing.count("data-value=") == page.count("differing<span") + 1


def test_hidden_answers_are_shown_to_staff_alone(people: dict[str, User | None]) -> None:
    one = scored(model="A", right=0)
    one.release.are_answers_public = False
    one.release.save()
    right = scored(model="C", right=1)
    path = path_of(one, right, examples=True)
    shown = make.answer_of("passkey", 0)

    assert client_of(None).get(path).content.decode().count(shown) == 1
    assert client_of(people["staff"]).get(path).content.decode().count(shown) == 2


def test_a_damaged_file_is_not_found_and_no_fault(client: Client) -> None:
    one, other = scored(model="A"), scored(model="B", right=1)
    one.tasks.filter(task="passkey").update(sha256="0" * 64)

    assert client.get(path_of(one, other, examples=True)).status_code == 404


def test_hostile_names_are_shown_and_not_run() -> None:
    hostile = "<script>alert(1)</script>"
    one, other = scored(model=hostile), scored(model='"><img src=x>', right=1)

    for page in (page_of(one, other), page_of(one, other, examples=True)):
        assert "<script>alert" not in page
        assert "<img" not in page


def test_the_page_takes_a_fixed_number_of_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    several = [scored(model=f"M{at}", right=at % 4) for at in range(5)]
    client.get(path_of(*several))

    with django_assert_num_queries(4):
        client.get(path_of(*several[:2]))
    with django_assert_num_queries(4):
        client.get(path_of(*several))


def test_every_outcome_is_a_word_on_the_submission_page(client: Client) -> None:
    one = scored()
    names = [outcome.name.lower() for outcome in Outcome]
    TaskResult.objects.filter(task="passkey").update(outcomes=dict.fromkeys(names, 7))

    page = client.get(one.get_absolute_url()).content.decode()

    assert len(names) == 8
    for name in names:
        assert f"7 {name}" in page


def test_an_address_compares_so_often_in_a_minute(settings: Settings) -> None:
    settings.CACHES = settings.CACHES | {
        "throttle": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    }
    settings.COMPARISONS_PER_MINUTE = 2

    answers = [Client(REMOTE_ADDR="10.3.0.1").get("/compare?s=a,b") for _ in range(6)]

    # A minute may end in between.
    assert answers[0].status_code == 404
    assert [one for one in answers if one.status_code == 429 and one["Retry-After"]]
    assert Client(REMOTE_ADDR="10.3.0.2").get("/compare?s=a,b").status_code == 404
