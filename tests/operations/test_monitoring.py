"""Health, metrics and the files that name them: what is counted is right, and told to few."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from submissions import record
from submissions.intake import Refused
from submissions.models import Evaluation
from tests import make
from workers.tasks import evaluate

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).parents[2]
MONITORING = ROOT / "deploy" / "monitoring"


@pytest.fixture(autouse=True)
def _token(settings: Settings, tmp_path: Path) -> None:
    settings.METRICS_TOKEN = "a token for tests"
    content = settings.STORAGES["content"] | {"OPTIONS": {"location": str(tmp_path)}}
    static = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"content": content, "staticfiles": static}
    settings.STATIC_ROOT = tmp_path


def read() -> dict[tuple[str, str], float]:
    """Every sample by its name and the value of its last label."""
    answer = Client().get("/metrics", headers={"Authorization": "Bearer a token for tests"})
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.content.decode())
    return {
        (sample.name, ",".join(sample.labels.values())): sample.value
        for family in families
        for sample in family.samples
    }


def test_what_waits_and_what_was_done_is_told() -> None:
    make.release()
    evaluate(evaluation_id=make.submission(model="Done").evaluations.get().pk)
    waiting = make.submission(model="Waits", right=1).evaluations.get()
    minute_ago = timezone.now() - timedelta(minutes=1)
    Evaluation.objects.filter(pk=waiting.pk).update(created_at=minute_ago)

    found = read()

    assert found["portal_queue_depth", "evaluate"] == 1
    assert 59 < found["portal_queue_age_seconds", "evaluate"] < 120
    assert found["portal_queue_depth", "generate"] == 0
    assert found["portal_evaluations", "done"] == 1
    assert found["portal_scoring_seconds_count", ""] == 1
    assert found["portal_scoring_seconds_bucket", "+Inf"] == 1
    assert found["portal_scoring_seconds_sum", ""] > 0
    assert found["portal_lease_takeovers_total", ""] == 0
    assert found["portal_audit_entries_total", ""] > 0


def test_a_worker_that_fell_silent_is_counted() -> None:
    make.release()
    evaluation = make.submission().evaluations.get()
    record.claim_evaluation(evaluation.pk, worker="a", now=make.NOW)
    record.claim_evaluation(evaluation.pk, worker="b", now=make.NOW + timedelta(hours=1))

    assert read()["portal_lease_takeovers_total", ""] == 1


def test_refusals_are_counted_by_code() -> None:
    make.release()
    before = read().get(("portal_refusals_total", "duplicate-upload"), 0.0)
    make.submission()

    with pytest.raises(Refused) as refused:
        make.submission()

    (code,) = refused.value.codes
    assert read()["portal_refusals_total", code] == before + 1


def test_requests_are_timed_by_the_name_of_their_address() -> None:
    Client().get("/api/v1/tasks/passkey/")
    Client().get("/<script>/")

    names = {labels for name, labels in read() if name == "portal_request_seconds_count"}

    assert any(labels.startswith("api:task,") or "GET,2xx,api:task" in labels for labels in names)
    assert not [labels for labels in names if "passkey" in labels or "script" in labels]


@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer wrong", "Token a token for tests"])
def test_metrics_are_for_nobody_else(given: str) -> None:
    assert Client().get("/metrics", headers={"Authorization": given}).status_code == 404


def test_without_a_token_there_are_no_metrics(settings: Settings) -> None:
    settings.METRICS_TOKEN = ""

    assert Client().get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_ready_says_what_is_there(settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    answer = Client().get("/readyz")

    # A broker that is away is no reason to send nobody here.
    assert answer.status_code == 200
    assert answer.content == b"database ok\nmigrations ok\nstorage ok\nbroker away\n"


def test_not_ready_without_storage_or_migrations(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    location = {"OPTIONS": {"location": str(tmp_path / "file")}}
    settings.STORAGES = settings.STORAGES | {
        "content": {"BACKEND": "tests.operations.broken.NoStorage"} | location
    }

    answer = Client().get("/readyz")

    assert (answer.status_code, b"storage away" in answer.content) == (503, True)


def named(expression: str) -> set[str]:
    return set(re.findall(r"portal_\w+", expression))


def dashboard_expressions() -> list[str]:
    board: dict[str, Any] = json.loads((MONITORING / "dashboard.json").read_text("utf-8"))
    return [target["expr"] for panel in board["panels"] for target in panel["targets"]]


def alert_rules() -> list[dict[str, Any]]:
    rules = yaml.safe_load((MONITORING / "alerts.yml").read_text("utf-8"))
    return [rule for group in rules["groups"] for rule in group["rules"]]


def test_every_metric_that_a_file_names_is_exported() -> None:
    make.release()
    make.submission()
    with pytest.raises(Refused):
        make.submission()
    # Requests are counted once they are answered.
    read()
    exported = {name for name, _ in read()}

    asked = dashboard_expressions() + [rule["expr"] for rule in alert_rules()]

    assert len(asked) > 15
    assert set().union(*map(named, asked)) <= exported


def test_every_alert_says_what_to_do() -> None:
    guide = (ROOT / "docs/operations.md").read_text("utf-8")

    for rule in alert_rules():
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert rule["annotations"]["summary"]
        assert f"`{rule['alert']}`" in guide
