"""Stores the figures that a benchmark's authors printed, as reported and not re-scored."""

from datetime import datetime

from scoring import Suite
from submissions.models import ReportedScore
from submissions.published import published_entry


def store_reported(suite: Suite, *, now: datetime) -> int:
    """Write the authors' table; writing it again changes nothing.

    Returns:
        How many models it has.
    """
    for slug, scores in suite.reported_scores.items():
        entry = published_entry(slug, suite, now=now)
        ReportedScore.objects.bulk_create(
            [
                ReportedScore(
                    suite=suite.slug,
                    model=entry,
                    task=task,
                    value=figure.value,
                    below=figure.below,
                    scorer=suite.reported_scorer,
                    source=suite.reported_source,
                )
                for task, figure in scores.items()
            ],
            ignore_conflicts=True,
        )
    return len(suite.reported_scores)
