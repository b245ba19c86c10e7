"""The board's rows: what stands where, under which scorer, at what cost."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from submissions.board_query import SORTS, default_query
from submissions.leaderboard import read_board
from submissions.lines import write_reported_lines
from submissions.models import ReportedScore, Standing
from submissions.rows import Board
from submissions.standings import settle_board
from tests import make
from tests.pages.make_pages import PAPER_SCORER, reported, scored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("release")]
SUITE = make.SUITE.slug


def board(**arguments: object) -> Board:
    if "descending" in arguments:
        arguments["order"] = "desc" if arguments.pop("descending") else "asc"
    return read_board(default_query(make.SUITE, **{"scorer": PAPER_SCORER} | arguments))


def names(board: Board) -> list[str]:
    return [row.model_name for row in board.rows]


def test_rows_stand_by_their_stored_rank() -> None:
    scored(model="Weak", right=1)
    scored(model="Strong", right=3)

    rows = board().rows

    assert [(row.model_name, row.rank) for row in rows] == [("Strong", 1), ("Weak", 2)]
    assert (rows[0].average, rows[0].answered, rows[0].n) == (1.0, 36, 36)


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("sort", [*SORTS, *make.SUITE.slugs])
def test_unranked_rows_stand_last_in_both_directions(sort: str, descending: bool) -> None:
    reported("Aaa", passkey=1.0)
    scored(model="Bbb", tasks=["passkey"])
    scored(model="Ccc", right=1)
    scored(model="Ddd", right=2)

    shown = names(board(sort=sort, descending=descending))

    assert set(shown[:2]) == {"Ccc", "Ddd"}
    assert shown[2:] == ["Bbb", "Aaa"]


def test_both_directions_turn_the_ranked_rows_round() -> None:
    scored(model="A", right=1)
    scored(model="B", right=2)

    assert names(board(sort="average")) == ["B", "A"]
    assert names(board(sort="average", descending=False)) == ["A", "B"]


def test_equal_values_stand_by_name() -> None:
    for name in ("b", "A", "c"):
        scored(model=name, right=2)

    assert names(board()) == ["A", "b", "c"]
    assert names(board(sort="average", descending=True)) == ["A", "b", "c"]


def test_a_row_without_all_tasks_has_scores_and_no_average() -> None:
    scored(tasks=make.SUITE.slugs[:11])

    row = board().incomplete[0]

    assert (row.average, row.rank, row.tasks) == (None, None, 11)
    assert row.cells["passkey"].value == 1.0
    assert row.cells[make.SUITE.slugs[11]].value is None


def test_a_reported_row_gives_way_to_a_scored_one() -> None:
    entry = reported("Twin")
    assert [row.kind for row in board().rows] == ["reported"]

    submission = scored(model="Other")
    submission.model = entry
    submission.save()
    settle_board(entry, submission.release, because="scored")

    assert [(row.model_name, row.kind) for row in board().rows] == [("Twin", "scored")]


def test_reported_rows_stand_only_under_their_scorer() -> None:
    reported("One")
    reported("Two")

    other = board(scorer="portal-1")

    assert (other.rows, other.reported_elsewhere) == ((), {PAPER_SCORER: 2})
    assert len(board().reported) == 2


def test_reported_rows_belong_to_no_release() -> None:
    reported("One")
    scored(model="Mine")

    assert names(board(release="test")) == ["Mine"]


def test_a_cell_that_differs_from_the_table_has_a_note() -> None:
    submission = scored(model="Twin")
    ReportedScore.objects.bulk_create(
        ReportedScore(
            suite=SUITE, model=submission.model, task=task, scorer=PAPER_SCORER, source="s", **value
        )
        for task, value in {
            "passkey": {"value": 1.0},
            "kv_retrieval": {"below": 0.05},
            "math_find": {"value": 0.999999},
        }.items()
    )
    write_reported_lines(submission.model, make.SUITE)

    shown = board()

    assert [(note.task, note.value) for note in shown.notes] == [("kv_retrieval", 1.0)]
    assert shown.rows[0].cells["kv_retrieval"].note == 1
    assert shown.rows[0].cells["passkey"].note is None
    assert board(scorer="portal-1").notes == ()


def test_a_known_difference_is_explained(client: Client) -> None:
    submission = scored(model="yarn-mistral", right=1)
    ReportedScore.objects.create(
        suite=SUITE,
        model=submission.model,
        task="code_debug",
        below=0.05,
        scorer=PAPER_SCORER,
        source="s",
    )
    write_reported_lines(submission.model, make.SUITE)

    page = client.get("/leaderboard/").content.decode()

    assert "the authors’ table has &lt; 5. The figure in the table is older" in page


@pytest.mark.parametrize("rows", [1, 6])
def test_the_board_takes_four_queries_however_long(
    rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        scored(model=f"Model {number}", right=1)
        reported(f"Reported{number}")

    with django_assert_num_queries(4):
        board()


def test_the_page_takes_as_many_queries_as_the_board(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(5):
        scored(model=f"Model {number}", right=1)
    reported()

    with django_assert_num_queries(4):
        client.get("/leaderboard/")


def test_a_submission_that_became_private_is_not_shown() -> None:
    submission = scored()
    submission.visibility = "private"
    submission.save()

    assert Standing.objects.filter(is_on_board=True).exists()
    assert board().rows == ()


def test_the_version_rises_with_every_change() -> None:
    before = board().version
    scored()

    assert board().version > before
