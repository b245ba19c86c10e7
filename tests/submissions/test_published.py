"""The authors' published predictions on the board, against the authors' own figures."""

import pytest
from django.conf import settings
from django.utils import timezone

from submissions.models import Release, Standing, Submission
from submissions.published import import_published
from submissions.reported import store_reported
from tests import authors, make, needs

pytestmark = [pytest.mark.django_db, pytest.mark.needs_data]
MODELS = ("gpt4", "kimi", "yarn-mistral", "chatglm3")


def import_all() -> list[tuple[Submission, bool]]:
    return import_published(needs.shared_data() / "published", make.SUITE, now=timezone.now)


def test_the_board_holds_the_authors_scores_to_the_last_bit() -> None:
    import_all()

    for scorer in authors.COMMITS:
        for model in MODELS:
            row = Standing.objects.get(submission__model__slug=model, scorer=scorer)
            assert row.means == authors.means(model, scorer), (model, scorer)


def test_the_boards_cells_round_to_the_authors_table_but_for_three() -> None:
    store_reported(make.SUITE, now=timezone.now())
    import_all()
    assert make.SUITE.reported is not None
    differ = set()

    for model in MODELS:
        row = Standing.objects.get(submission__model__slug=model, scorer=settings.DEFAULT_SCORER)
        for task, mean in row.means.items():
            figure = make.SUITE.reported.scores[model][task]
            agrees = (
                mean < figure.below
                if figure.below is not None
                else figure.value is not None
                # The authors' table cuts some figures and rounds others.
                and abs(mean - figure.value) < 0.0001
            )
            if not agrees:
                differ.add((model, task))

    assert differ == set(make.SUITE.known_differences)


def test_generations_are_kept_apart_and_item_sets_shared() -> None:
    import_all()

    names = {"hub-chatglm3", "legacy-gpt4", "legacy-kimi", "legacy-yarn-mistral"}
    assert set(Release.objects.values_list("name", flat=True)) == names
    keys = {
        release.name: release.tasks.get(task="kv_retrieval").item_set.items_sha256
        for release in Release.objects.all()
    }
    assert len(set(keys.values())) == 2
    assert [name for name in names if keys[name] == keys["legacy-gpt4"]] == ["legacy-gpt4"]


def test_a_model_without_a_task_has_neither_average_nor_rank() -> None:
    import_all()

    rows = Standing.objects.filter(scorer=settings.DEFAULT_SCORER)

    assert {row.submission.model.slug: row.rank for row in rows} == {
        "gpt4": 1,
        "kimi": 2,
        "chatglm3": 3,
        "yarn-mistral": None,
    }


def test_importing_twice_changes_nothing() -> None:
    first, second = import_all(), import_all()

    assert [is_new for _, is_new in first] == [True] * 4
    assert [is_new for _, is_new in second] == [False] * 4
    assert Submission.objects.count() == 4
