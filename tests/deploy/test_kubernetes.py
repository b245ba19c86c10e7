"""The example for a cluster against Kubernetes' and KEDA's schemas, and against the portal itself.

Not shown here: that a cluster admits it, and that its ingress controller knows the annotations.
"""

import re
from typing import Any

import kubernetes_validate
import pytest
import yaml
from cloudcoil.models.keda import v1alpha1 as keda
from django.db import connection
from kombu import Connection

from benchmark_site.celery import app
from benchmark_site.roles import commands
from submissions.queue import EVALUATE_TASK
from tests.portal import ROOT
from tests.redis_server import Redis

FOLDER = ROOT / "deploy" / "kubernetes"
PORTAL: list[dict[str, Any]] = list(yaml.safe_load_all((FOLDER / "portal.yaml").read_text()))
SCALING: list[dict[str, Any]] = list(yaml.safe_load_all((FOLDER / "autoscaling.yaml").read_text()))
TRIGGERS = [one for each in SCALING for one in each["spec"].get("triggers", [])]


def name_of(resource: dict[str, Any]) -> str:
    """Kind and name, for the test's own."""
    return f"{resource['kind']}-{resource['metadata']['name']}"


def containers() -> list[dict[str, Any]]:
    """The containers of every pod."""
    pods = [one["spec"]["template"]["spec"] for one in PORTAL if "template" in one.get("spec", {})]
    return [container for pod in pods for container in pod["containers"]]


@pytest.mark.parametrize("resource", PORTAL, ids=name_of)
@pytest.mark.parametrize("version", ["1.30", "1.37"])
def test_kubernetes_schema_accepts_it(resource: dict[str, Any], version: str) -> None:
    kubernetes_validate.validate(resource, version, strict=True)


@pytest.mark.parametrize("resource", SCALING, ids=name_of)
def test_kedas_schema_accepts_it_whole(resource: dict[str, Any]) -> None:
    read = getattr(keda, resource["kind"]).model_validate(resource)

    # What the schema does not know would be left out here.
    assert read.model_dump(by_alias=True, exclude_unset=True, mode="json") == resource


def test_what_is_scaled_is_there_and_leaves_its_replicas_to_the_autoscaler() -> None:
    deployments = {one["metadata"]["name"]: one for one in PORTAL if one["kind"] == "Deployment"}

    for each in SCALING:
        if each["kind"] == "ScaledObject":
            assert "replicas" not in deployments[each["spec"]["scaleTargetRef"]["name"]]["spec"]


@pytest.mark.parametrize("container", containers(), ids=lambda one: one["name"])
def test_a_container_is_a_role_and_can_do_no_more_than_it_must(container: dict[str, Any]) -> None:
    [role] = container["args"]

    assert role in commands()
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert {"cpu", "memory"} <= container["resources"]["requests"].keys()
    assert "memory" in container["resources"]["limits"]


def test_what_is_set_is_what_the_settings_read() -> None:
    known = set(re.findall(r"^#?([A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    [map_] = [one for one in PORTAL if one["kind"] == "ConfigMap"]

    assert map_["data"].keys() <= known


@pytest.mark.django_db
@pytest.mark.parametrize("trigger", [one for one in TRIGGERS if one["type"] == "postgresql"])
def test_the_truth_can_be_asked_for(trigger: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(trigger["metadata"]["query"])

        assert cursor.fetchone() == (0,)


def test_the_list_that_is_watched_is_the_one_that_nudges_go_to(redis: Redis) -> None:
    [trigger] = [one for one in TRIGGERS if one["type"] == "redis"]
    options = {**app.conf.broker_transport_options, "global_keyprefix": redis.prefix}
    with Connection(redis.url, transport_options=options) as broker:
        app.send_task(EVALUATE_TASK, kwargs={"evaluation_id": 1}, connection=broker, priority=0)

    assert redis.client.llen(f"{redis.prefix}{trigger['metadata']['listName']}") == 1
