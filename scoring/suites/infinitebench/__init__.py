"""∞-Bench (Zhang et al., 2024): twelve tasks on inputs of more than 100,000 tokens."""

from scoring.drafts import GeneratorKit
from scoring.prompts import Prompting
from scoring.suites.infinitebench.answers import ANSWER_READERS
from scoring.suites.infinitebench.differences import DIFFERENCES
from scoring.suites.infinitebench.official import OFFICIAL_2024_06, OFFICIAL_2024_09
from scoring.suites.infinitebench.official_prompts import read_official_prompts
from scoring.suites.infinitebench.portal import PORTAL_1
from scoring.suites.infinitebench.prompts import PORTAL_BASE_1, PORTAL_CHAT_1, read_fields
from scoring.suites.infinitebench.reported import REPORTED
from scoring.suites.infinitebench.tasks import TASKS
from scoring.types import Suite


def _load_generators() -> GeneratorKit:
    """Late, because only those who generate need the words."""
    from scoring.suites.infinitebench.generate import KIT  # noqa: PLC0415

    return KIT


INFINITEBENCH = Suite(
    slug="infinitebench",
    name="∞-Bench",
    tasks=TASKS,
    scorers=(OFFICIAL_2024_06, OFFICIAL_2024_09, PORTAL_1),
    answer_readers=ANSWER_READERS,
    dataset_repo="xinrongzhang2022/InfiniteBench",
    set_aside=("math_calc",),
    reported=REPORTED,
    known_differences=DIFFERENCES,
    load_generators=_load_generators,
)

INFINITEBENCH_PROMPTING = Prompting(
    sets=(PORTAL_CHAT_1, PORTAL_BASE_1),
    read_fields=read_fields,
    read_official=read_official_prompts,
)
