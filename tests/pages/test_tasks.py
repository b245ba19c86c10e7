"""Pages of tasks, and the addresses that give charts as Plotly figures."""

import json
import os
import re
import subprocess
import sys

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from submissions.models import ModelEntry
from submissions.withdraw import withdraw_submission
from tests import make
from tests.pages.make_pages import client_of, reported, scored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("release")]
SCORERS = [one.name for one in make.SUITE.scorers]


def page_of(path: str) -> str:
    answer = Client().get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def figure_of(path: str) -> str:
    answer = Client().get(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert json.loads(answer.content)["data"]
    return answer.content.decode()


@pytest.mark.parametrize("task", make.SUITE.slugs)
@pytest.mark.parametrize("scorer", SCORERS)
def test_every_task_is_explained_under_every_scorer(task: str, scorer: str) -> None:
    page = page_of(f"/tasks/{task}/?scorer={scorer}")

    assert f"How {scorer} scores it" in page
    scored_so = page[page.index('id="scored"') :]
    assert re.search(r"<p>\s*\w[^<]{60,}</p>", scored_so[: scored_so.index("</section>")])
    for part in ("What is asked", "made up here", "Expected"):
        assert part in page


def test_a_task_shows_its_best_results_and_what_became_of_its_examples() -> None:
    scored(model="Best", right=3)
    scored(model="Worst", right=1)
    reported("Printed", passkey=0.5)

    page = page_of("/tasks/passkey/")

    best = page[page.index('id="best"') :]
    assert best.index("Best<") < best.index("Worst<")
    assert "3 scores from 33.3 % (Worst) to 100.0 % (Best)" in page
    assert "1 of 3 examples are right for all 2 models, and 0 for none of them" in page
    assert 'data-at="Worst|wrong" data-value="2"' in page


def test_a_task_without_any_result_says_so() -> None:
    page = page_of("/tasks/passkey/")

    assert "Nobody has been scored on this task yet." in page
    assert 'id="chart-distribution"' not in page


def test_all_tasks_are_linked_from_the_pie() -> None:
    page = page_of("/tasks/")

    drawing = page[page.index('<svg role="group"') :]
    links = re.findall(r'<a href="([^"]+)"', drawing[: drawing.index("</svg>")])
    assert links == [f"/tasks/{task}/" for task in make.SUITE.slugs]


@pytest.mark.parametrize("count", [2, 5])
def test_a_page_takes_as_many_queries_however_many_models_there_are(
    django_assert_max_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for at in range(count):
        scored(model=f"Model {at}", right=at % 4)

    with django_assert_max_num_queries(7):
        page_of("/tasks/passkey/")
    # What was read once is not read again.
    with django_assert_max_num_queries(5):
        page_of("/tasks/passkey/")


@pytest.mark.parametrize(
    "path",
    [
        "/tasks/nothing/",
        "/tasks/passkey/?scorer=x",
        "/tasks/passkey/?scorer=%00",
        "/tasks/passkey/chart/nothing.json",
        "/tasks/passkey/chart/difficulty.json",
        "/tasks/nothing/chart/benchmark.json",
        "/tasks/chart/radar.json",
        "/leaderboard/chart/radar.json",
        "/leaderboard/chart/timeline.json",
        "/leaderboard/chart/nothing.json",
        "/leaderboard/chart/radar.json?scorer=x",
        "/compare/chart/forest.json",
        "/compare/chart/forest.json?s=bcdfghjkmn,bcdfghjkmp",
    ],
)
def test_what_there_is_not_is_not_found(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_every_chart_of_every_page_has_its_figure_in_light_and_dark() -> None:
    first, second = scored(model="A", right=1), scored(model="B", right=2)
    pages = [
        "/tasks/",
        "/tasks/longbook_qa_eng/",
        f"/compare?s={first.public_id},{second.public_id}",
    ]
    links = {
        link.replace("&amp;", "&")
        for page in pages
        for link in re.findall(r'data-explore="([^"]+)"', page_of(page))
    }
    links |= {
        f"/s/{first.public_id}/chart/radar.json",
        f"/s/{first.public_id}/chart/outcomes.json",
        "/models/a/chart/radar.json",
    }
    links |= {"/leaderboard/chart/radar.json", "/leaderboard/chart/timeline.json"}

    assert len(links) >= 8
    for link in links:
        other = f"{link}{'&' if '?' in link else '?'}theme=dark"
        assert figure_of(link) != figure_of(other), link


def test_a_figure_that_is_known_is_not_sent_again(client: Client) -> None:
    first = client.get("/tasks/chart/benchmark.json")

    again = client.get(
        "/tasks/chart/benchmark.json", headers={"if-none-match": first.headers["ETag"]}
    )

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]


def test_a_private_submission_is_in_nobody_elses_charts() -> None:
    owner, other = make.user("owner@example.org"), make.user("other@example.org")
    public = scored(submitter=owner, model="Public", right=1)
    private = scored(submitter=owner, model="Secret", visibility="private")
    paths = (
        f"/compare/chart/radar.json?s={public.public_id},{private.public_id}",
        f"/s/{private.public_id}/chart/radar.json",
    )

    for path in paths:
        answers = {who: client_of(who).get(path).status_code for who in (owner, other, None)}
        assert answers == {owner: 200, other: 404, None: 404}
    for shown in ("/tasks/passkey/", "/tasks/passkey/chart/distribution.json"):
        assert "Secret" not in page_of(shown)


def test_what_is_withdrawn_or_renamed_is_so_in_the_charts_at_once() -> None:
    scored(model="Stays", right=1)
    leaves = scored(model="Leaves", right=2)
    assert "Leaves" in page_of("/tasks/passkey/")

    withdraw_submission(leaves, now=make.NOW)

    assert "Leaves" not in page_of("/tasks/passkey/")
    assert "Leaves" not in figure_of("/leaderboard/chart/timeline.json")


def test_names_are_never_markup() -> None:
    scored(model="<script>alert(1)</script>")
    scored(model="B", right=1)

    page = page_of("/tasks/passkey/")

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert ModelEntry.objects.filter(name__startswith="<script>").exists()


def test_the_web_process_loads_neither_plotly_nor_numpy() -> None:
    code = (
        "import sys, django; django.setup();"
        "from django.urls import reverse; reverse('submissions:tasks');"
        "import submissions.templatetags.charts, benchmark_site.static;"
        "benchmark_site.static.PlotlyFinder();"
        "print([name for name in ('plotly', 'numpy', 'scipy') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"DJANGO_SETTINGS_MODULE": "benchmark_site.settings", **os.environ},
    )

    assert done.stdout.strip() == "[]"
