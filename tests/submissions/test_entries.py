"""Models as their builders enter them."""

import pytest

from submissions.entries import ModelFacts, enter_model, enter_published, find_entry
from tests import make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["KIMI", "\u212aimi", "K\u0130m\u0130", "kImI", "\u00df", "%_"])
def test_a_name_is_found_again_however_its_case_folds(name: str) -> None:
    owner = make.user()
    enter_model(owner, ModelFacts(name="Kimi"), now=make.NOW)

    entry = enter_model(owner, ModelFacts(name=name), now=make.NOW)

    assert find_entry(owner, name) == entry


def test_the_authors_predictions_never_go_to_somebodys_model_of_that_address() -> None:
    squatted = enter_model(make.user(), ModelFacts(name="llama-9"), now=make.NOW)

    published = enter_published("llama-9", make.SUITE, now=make.NOW)

    assert squatted.slug == "llama-9"
    assert published.pk != squatted.pk
    assert published.owner is None
    assert enter_published("llama-9", make.SUITE, now=make.NOW) == published
