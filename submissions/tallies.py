"""Counts what this process refused; `/metrics` adds up all processes of the machine."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from prometheus_client import Counter

from submissions.intake import Refused

P = ParamSpec("P")
T = TypeVar("T")
# Codes are those of docs/submission-format.md: some fifty, and none is a sender's text.
REFUSALS = Counter("portal_refusals", "Uploads that were refused, by each reason's code.", ["code"])


def tallied(work: Callable[P, T]) -> Callable[P, T]:
    """Count a refusal once under each of its codes, and let it rise."""

    @wraps(work)
    def counted(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return work(*args, **kwargs)
        except Refused as refused:
            for code in set(refused.codes):
                REFUSALS.labels(code).inc()
            raise

    return counted
