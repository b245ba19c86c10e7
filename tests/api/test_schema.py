"""The API is asked what its schema allows and forbids; `make test-api` asks longer."""

from collections.abc import Iterator

import pytest

from tests.api.fuzz import PEOPLE, ask, filled_portal
from tests.portal import Portal


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A portal with a release."""
    with filled_portal(tmp_path_factory.mktemp("fuzz") / "state") as portal:
        yield portal


@pytest.mark.slow
@pytest.mark.parametrize("who", PEOPLE)
def test_every_answer_is_as_the_schema_says(portal: Portal, who: str) -> None:
    # The same questions each time; `make test-api` asks others at each run.
    outcome = ask(portal, who, "--seed", "7", examples=2, phases="examples,fuzzing")

    assert outcome.failures == 0, outcome.text
    assert outcome.requests > 100
