"""What Prometheus reads at `/metrics`, with a token of its own.

What waits and what was done is read from the database at each scrape: whichever process answers,
and whatever died since, the figures are right.  What ended long ago is a sum that is kept.  Only
what a request itself is about (its latency, a refusal) is counted in the processes, in files that
they share (PROMETHEUS_MULTIPROC_DIR).
"""

import hmac
import time
from collections.abc import Callable, Iterator

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.multiprocess import MultiProcessCollector

from audit.read import read_head
from benchmark_site.health import broker_answers
from submissions import backlog
from submissions.totals import Totals, read_totals

REQUESTS = Histogram(
    "portal_request_seconds",
    "How long requests took, by the name of their address.",
    ["view", "method", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 10.0),
)


class RequestMetrics:
    """Times every request.  An address is known by its name, never by what stands in it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and note how long it took."""
        started = time.perf_counter()
        answer = self.get_response(request)
        match = request.resolver_match
        view = match.view_name if match and match.view_name else "none"
        # What a browser calls its method is anybody's invention.
        method = request.method if request.method in ("GET", "HEAD", "POST") else "other"
        labels = (view, method, f"{answer.status_code // 100}xx")
        REQUESTS.labels(*labels).observe(time.perf_counter() - started)
        return answer


class DatabaseCollector:
    """Reads the rows, once a scrape."""

    def collect(self) -> Iterator[Metric]:
        """Queues, evaluations, takeovers, scoring, the audit log and the broker."""
        depth = GaugeMetricFamily("portal_queue_depth", "What waits.", labels=["queue"])
        age = GaugeMetricFamily(
            "portal_queue_age_seconds", "For how long the oldest has waited.", labels=["queue"]
        )
        for one in backlog.waiting(now=timezone.now()):
            depth.add_metric([one.queue], one.depth)
            age.add_metric([one.queue], one.age_seconds)
        yield depth
        yield age
        open_ones, takeovers = backlog.open_evaluations()
        ended = read_totals()
        states = GaugeMetricFamily(
            "portal_evaluations",
            "Evaluations by state; those that ended are counted for ever.",
            labels=["state"],
        )
        for state, count in (open_ones | {"done": ended.done, "failed": ended.failed}).items():
            states.add_metric([state], count)
        yield states
        yield CounterMetricFamily(
            "portal_lease_takeovers",
            "Evaluations that were given to another worker because one fell silent.",
            value=ended.takeovers + takeovers,
        )
        yield _scoring(ended)
        yield CounterMetricFamily(
            "portal_audit_entries", "Entries of the audit log.", value=read_head().number
        )
        yield GaugeMetricFamily(
            "portal_broker_up", "Whether the broker answers.", value=int(broker_answers())
        )


def _scoring(ended: Totals) -> Metric:
    within = [(bound, float(count)) for bound, count in ended.within.items()]
    return HistogramMetricFamily(
        "portal_scoring_seconds",
        "How long evaluations took.",
        buckets=[*within, ("+Inf", float(ended.done))],
        sum_value=ended.seconds,
    )


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Everything as text, for who has METRICS_TOKEN; without that setting there is no such page."""
    wanted = f"Bearer {settings.METRICS_TOKEN}"
    given = request.headers.get("Authorization", "")
    if not settings.METRICS_TOKEN or not hmac.compare_digest(given.encode(), wanted.encode()):
        raise Http404
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    registry.register(DatabaseCollector())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
