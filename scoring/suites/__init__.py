"""Where a benchmark is added: one line here and one package beside it."""

from collections.abc import Iterable, Mapping

from scoring.prompts import Prompting
from scoring.suites.infinitebench import INFINITEBENCH, INFINITEBENCH_PROMPTING
from scoring.types import Scorer, Suite, UnknownTask

SUITES: dict[str, Suite] = {INFINITEBENCH.slug: INFINITEBENCH}
# How a suite's models can be asked by us; a suite without a line here takes predictions only.
PROMPTING: dict[str, Prompting] = {INFINITEBENCH.slug: INFINITEBENCH_PROMPTING}


def collect_scorers(suites: Iterable[Suite]) -> Mapping[str, Scorer]:
    """All scorers by name, in the suites' order.  Raises: ValueError for a name used twice."""
    scorers: dict[str, Scorer] = {}
    for scorer in (scorer for suite in suites for scorer in suite.scorers):
        if scorers.setdefault(scorer.name, scorer) is not scorer:
            raise ValueError(f"Two scorers are called {scorer.name!r}.")
    return scorers


def suite_of_task(task_slug: str) -> Suite:
    """The suite that has this task.  Raises: UnknownTask."""
    for suite in SUITES.values():
        if task_slug in suite.slugs:
            return suite
    raise UnknownTask(task_slug)


SCORERS: Mapping[str, Scorer] = collect_scorers(SUITES.values())
