"""Comparisons: what is paired, what is not, and what is said of it."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from scoring.statistics import holm
from submissions.artefacts import pack_scores, unpack_scores
from submissions.compare import compare_submissions
from submissions.compared import Comparison
from submissions.differing import differing_examples
from submissions.matching import ItemFacts, match_examples
from submissions.models import Submission, TaskArtefact
from submissions.published import import_published
from submissions.releases import NewExample, NewItemSet, NewRelease, store_release
from submissions.remembered import cache
from tests import make, needs
from workers.tasks import evaluate

pytestmark = pytest.mark.django_db
SCORER = "official-2024-06"
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(autouse=True)
def _own_files(settings: Settings, tmp_path: Path) -> Iterator[None]:
    content = settings.STORAGES["content"] | {"OPTIONS": {"location": str(tmp_path)}}
    static = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {"content": content, "staticfiles": static}
    cache.clear()
    yield
    cache.clear()


def scored(model: str, **arguments: object) -> Submission:
    one = make.submission(model=model, **arguments)  # type: ignore[arg-type]
    evaluate(evaluation_id=one.evaluations.get().pk)
    return fresh(one)


def fresh(one: Submission) -> Submission:
    return Submission.objects.select_related("model", "release").get(pk=one.pk)


def compared(*submissions: Submission, confirmed: bool = False) -> Comparison:
    return compare_submissions(submissions, scorer=SCORER, is_confirmed=confirmed)


def published() -> dict[str, Submission]:
    folder = needs.shared_data() / "published"
    imported = import_published(folder, make.SUITE, now=timezone.now)
    return {one.model.slug: fresh(one) for one, _ in imported}


def test_a_later_submission_that_is_better_has_a_positive_difference() -> None:
    make.release(n=3)

    found = compared(scored("Weak", right=1), scored("Strong"))

    overall = found.overalls[0]
    assert overall is not None
    assert (overall.ahead, overall.behind) == ("Strong", "Weak")
    assert overall.value > 0
    assert overall.gap[0] == overall.value
    passkey = next(row for row in found.rows if row.slug == "passkey").pairings[0].difference
    assert passkey is not None
    assert (passkey.only_later, passkey.only_first, passkey.n) == (2, 0, 3)


def test_turning_the_order_round_turns_the_sign_and_keeps_p() -> None:
    make.release(n=3)
    weak, strong = scored("Weak", right=1), scored("Strong")

    there, back = compared(weak, strong).overalls[0], compared(strong, weak).overalls[0]

    assert there is not None
    assert back is not None
    assert there.value == pytest.approx(-back.value)
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))
    assert there.p == pytest.approx(back.p)
    assert there.ahead == back.ahead == "Strong"


def test_holm_runs_over_all_tests_of_the_page() -> None:
    make.release(n=3)
    found = compared(scored("A"), scored("B", right=1), scored("C", right=2))

    drawn = [row.pairings[at].difference for at in range(2) for row in found.rows]
    tests = [one for one in drawn if one is not None]

    assert found.tests == len(tests) == 24
    assert [one.p_adjusted for one in tests] == holm([one.p for one in tests])


def test_a_partial_submission_is_compared_on_common_tasks() -> None:
    make.release(n=3)

    found = compared(scored("Whole"), scored("Part", right=1, tasks=make.SUITE.slugs[:11]))

    overall = found.overalls[0]
    assert overall is not None
    assert len(overall.tasks) == 11
    assert overall.left_out == ("Retrieve.KV",)
    assert found.rows[-1].pairings[0].why == "missing"
    assert found.sides[1].average is None


def test_a_submission_without_scores_is_shown_with_nothing_to_compare() -> None:
    make.release(n=3)

    found = compared(scored("Done"), fresh(make.submission(model="Waits", right=1)))

    assert found.overalls == (None,)
    assert not found.sides[1].is_scored
    assert found.tests == 0


def test_equal_names_are_told_apart() -> None:
    make.release(n=3)
    one = scored("Same")
    other = scored("Same", right=1)

    labels = [side.label for side in compared(one, other).sides]

    assert labels == [f"Same ({one.public_id})", f"Same ({other.public_id})"]


def test_examples_are_paired_by_key_wherever_they_stand() -> None:
    """The same examples in reverse order: by position the two would differ, by key they agree."""
    make.release("forward", n=3)
    reverse = {
        task: NewItemSet(tuple(NewExample(str(at), one) for at, one in enumerate(answers[::-1])))
        for task, answers in make.answers(n=3).items()
    }
    new = NewRelease(name="backward", title="b", suite=make.SUITE.slug, board=make.SUITE.slug)
    first, later = scored("First", right=1), scored("Later", right=1)
    later.release = store_release(new, reverse, now=make.NOW)[0]
    later.save()
    for artefact in TaskArtefact.objects.filter(result__evaluation=later.current_evaluation_id):
        scores, outcomes = unpack_scores(bytes(artefact.data))
        artefact.data = pack_scores(scores[::-1], outcomes[::-1])
        artefact.save()

    found = compared(first, later)

    passkey = next(row for row in found.rows if row.slug == "passkey").pairings[0]
    assert passkey.common == 3
    assert passkey.difference is not None
    assert (passkey.difference.only_first, passkey.difference.only_later) == (0, 0)


def test_examples_with_equal_answers_are_not_paired_where_one_is_missing() -> None:
    """Two have the answer 18 here and one there: which of the two it is, nobody knows."""
    whole = ItemFacts(
        keys=("18 #0", "18 #1", "x", "y"), contexts=(), answers=("18", "18", "x", "y")
    )
    part = ItemFacts(keys=("18 #0", "x", "y"), contexts=(), answers=("18", "x", "y"))

    match = match_examples(whole, part)

    assert match.common == 2
    assert {one.split()[0] for one in set(match.first) & set(match.later)} == {"x", "y"}


def test_equal_answers_to_other_contexts_are_other_examples() -> None:
    near = ItemFacts(keys=("a", "b"), contexts=("1", "2"), answers=("a", "b"))
    far = ItemFacts(keys=("a", "b"), contexts=("3", "4"), answers=("a", "b"))
    unknown = ItemFacts(keys=("a", "b"), contexts=(), answers=("a", "b"))

    assert match_examples(near, far).why == "other"
    assert match_examples(near, unknown).common == 2


def test_resampling_is_repeated_by_its_seed_and_remembered() -> None:
    make.release(n=3)
    one, other = scored("A", right=1), scored("B")

    first = compared(one, other, confirmed=True).overalls[0]
    cache.clear()
    again = compared(one, other, confirmed=True).overalls[0]

    assert first is not None
    assert first.resampled is not None
    assert again == first
    assert first.resampled.seed > 0
    assert first.resampled.draws == 10_000


def test_the_number_of_queries_does_not_grow_with_the_submissions() -> None:
    make.release(n=3)
    several = [scored(f"Model {at}", right=at % 4) for at in range(5)]
    counts = []
    for chosen in (several[:2], several):
        compared(*chosen)
        with CaptureQueriesContext(connection) as queries:
            compared(*chosen)
        counts.append(len(queries))

    assert counts == [3, 3]


@pytest.mark.needs_data
def test_gpt4s_other_instances_are_never_paired(client: Client) -> None:
    by_slug = published()
    for other in ("kimi", "chatglm3"):
        found = compared(by_slug["gpt4"], by_slug[other])
        row = next(row for row in found.rows if row.slug == "kv_retrieval")

        assert row.pairings[0].difference is None
        assert row.pairings[0].why == "other"
        assert None not in row.scores
        overall = found.overalls[0]
        assert overall is not None
        assert "Retrieve.KV" in overall.left_out

    ids = f"{by_slug['gpt4'].public_id},{by_slug['kimi'].public_id}"
    page = client.get(f"/compare?s={ids}").content.decode()
    assert "other instances: nothing to pair" in page
    assert "without Retrieve.KV" in page
    path = f"/compare/examples?s={ids}&task=kv_retrieval"
    assert "There is nothing to pair" in client.get(path).content.decode()


@pytest.mark.needs_data
def test_kimi_and_chatglm3_agree_in_formula_bootstrap_and_sign_flips(client: Client) -> None:
    by_slug = published()

    found = compared(by_slug["chatglm3"], by_slug["kimi"], confirmed=True)

    overall = found.overalls[0]
    assert overall is not None
    assert overall.resampled is not None
    assert overall.ahead == "Kimi-Chat"
    assert overall.value == pytest.approx(0.174, abs=0.001)
    assert overall.resampled.bootstrap_low == pytest.approx(overall.low, abs=0.0006)
    assert overall.resampled.bootstrap_high == pytest.approx(overall.high, abs=0.0006)
    assert overall.resampled.sign_flip_p <= 0.001
    zh = next(row for row in found.rows if row.slug == "longbook_qa_chn").pairings[0]
    assert zh.is_partial
    assert (zh.n_first, zh.n_later) == (189, 175)
    # The authors' own ids agree with the pairing, though places in the two files do not.
    examples = differing_examples(
        by_slug["chatglm3"],
        by_slug["kimi"],
        task="longbook_qa_chn",
        scorer=SCORER,
        page=1,
        with_answers=True,
    )
    assert examples is not None
    assert (examples.common, len(examples.examples)) == (zh.common, 20)
    assert all(one.source_ids[0] == one.source_ids[1] for one in examples.examples)


def test_a_web_process_that_never_compares_does_not_load_numpy() -> None:
    code = (
        "import sys, benchmark_site.wsgi\n"
        "from django.urls import get_resolver\n"
        "get_resolver().url_patterns\n"
        "import submissions.urls, submissions.views.compare\n"
        "sys.exit(int('numpy' in sys.modules or 'scipy' in sys.modules))"
    )

    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)

    assert done.returncode == 0
