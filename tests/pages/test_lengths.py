"""Scores over length and depth: on a task's page where a release tells them, or its order does."""

import io
import re

import pytest
from django.test import Client

from accounts.models import User
from submissions.entries import ModelFacts
from submissions.models import Release, Submission
from submissions.receive import UploadOptions, receive_upload
from submissions.releases import NewExample, NewItemSet, NewRelease, store_release
from submissions.withdraw import withdraw_submission
from tests import make
from workers.tasks import evaluate

pytestmark = pytest.mark.django_db
PAGE = "/tasks/passkey/"


def keys(tokens: int, n: int) -> list[str]:
    return [make.answer_of("passkey", tokens + at) for at in range(n)]


def generated(tokens: int, *, n: int = 4, has_facts: bool = True) -> Release:
    """A release whose examples are this long, with needles from the start to the end."""
    examples = tuple(
        NewExample(
            str(at),
            key,
            depth=at / (n - 1) if has_facts else None,
            length_tokens=tokens if has_facts else None,
        )
        for at, key in enumerate(keys(tokens, n))
    )
    new = NewRelease(
        name=f"fresh-{tokens}",
        title="Fresh",
        suite=make.SUITE.slug,
        board=f"fresh-{tokens}" if has_facts else make.SUITE.slug,
        length_tokens=tokens if has_facts else None,
    )
    return store_release(new, {"passkey": NewItemSet(examples)}, now=make.NOW)[0]


def run(
    release: Release, tokens: int, *, right: int, n: int = 4, submitter: User | None = None
) -> Submission:
    """A scored submission of which the first `right` answers are right."""
    rows = [
        {"id": at, "prediction": key if at < right else "qqq"}
        for at, key in enumerate(keys(tokens, n))
    ]
    one = receive_upload(
        [("preds_passkey.jsonl", io.BytesIO(make.jsonl(rows)))],
        model=ModelFacts(name="M"),
        submitter=submitter or User.objects.first() or make.user(),
        options=UploadOptions(suite=make.SUITE.slug, release=release),
        now=make.NOW,
    )
    evaluate(evaluation_id=one.evaluations.get().pk)
    return one


def page() -> str:
    answer = Client().get(PAGE)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_model_on_two_lengths_has_a_curve_and_a_map() -> None:
    run(generated(1000), 1000, right=4)
    run(generated(16_000), 16_000, right=1)

    shown = page()

    assert "M: 100.0\u00a0% at 1K tokens, 25.0\u00a0% at 16K." in shown
    assert 'data-at="80–100|1K tokens" data-value="100.0"' in shown
    assert 'data-at="80–100|16K tokens" data-value="0.0"' in shown
    for name in ("lengths", "depths"):
        assert Client().get(f"{PAGE}chart/{name}.json").status_code == 200


def test_one_length_is_no_curve() -> None:
    run(generated(1000), 1000, right=4)

    shown = page()

    assert 'id="chart-lengths"' not in shown
    assert 'id="chart-depths"' not in shown


@pytest.mark.parametrize("hidden", ["private", "unlisted", "withdrawn"])
def test_what_is_not_public_is_in_no_curve(hidden: str) -> None:
    run(generated(1000), 1000, right=4)
    one = run(generated(16_000), 16_000, right=1)
    if hidden == "withdrawn":
        withdraw_submission(one, now=make.NOW)
    else:
        Submission.objects.filter(pk=one.pk).update(visibility=hidden)

    assert 'id="chart-lengths"' not in page()


def test_two_models_of_one_name_stay_two() -> None:
    owner, other = make.user("owner@example.org"), make.user("other@example.org")
    for tokens in (1000, 16_000):
        release = generated(tokens)
        run(release, tokens, right=4, submitter=owner)
        run(release, tokens, right=0, submitter=other)

    shown = page()

    assert "M (m): 100.0" in shown
    assert re.search(r"M \(m-[-\w]+\): 0\.0", shown)


def test_needles_of_the_authors_data_stand_in_the_order_of_their_depth() -> None:
    release = generated(500, n=40, has_facts=False)
    run(release, 500, right=20, n=40)

    shown = page()

    assert "they follow from the examples’ order" in shown
    assert 'data-at="0–20|M" data-value="100.0"' in shown
    assert 'data-at="80–100|M" data-value="0.0"' in shown
