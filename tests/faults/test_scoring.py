"""Predictions that hang the scorer or fill its memory: a failure with its reason, and the next."""

import gzip
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import make
from tests.faults.servers import Broker, Database, faulty_portal
from tests.portal import Portal

TASK = "longdialogue_qa_eng"
EXAMPLES = 100
# About a fifth of a second for the scorers, each; in no order, since what repeats itself shrinks
# more than an honest upload may.
DICE = random.Random(3)
LONG = " ".join(DICE.choices(["river", "lantern", "orchard", "copper", "winter"], k=140_000))


@pytest.fixture
def portal(tmp_path: Path, database: Database, broker: Broker) -> Iterator[Portal]:
    """A portal that gives a task three seconds and 256 MiB."""
    with faulty_portal(
        tmp_path,
        database,
        broker,
        "limits",
        EXAMPLES,
        SWEEP_SECONDS="1",
        SCORING_TASK_SECONDS="3",
        SCORING_MEMORY_MIB="256",
    ) as portal:
        yield portal


def upload(portal: Portal, token: str, model: str, texts: list[str]) -> str:
    rows = [{"id": position, "prediction": text} for position, text in enumerate(texts)]
    data = gzip.compress(make.jsonl(rows, as_is=True), compresslevel=1)
    answer = portal.upload(token, f"preds_{TASK}.jsonl.gz", data, model=model)
    assert answer.status_code == 201, answer.text
    public_id: str = answer.json()["id"]
    return public_id


@pytest.mark.slow
def test_what_hangs_or_fills_the_memory_fails_with_its_reason_and_the_next_is_scored(
    portal: Portal,
) -> None:
    token = portal.token()
    workers = portal.processes("worker")
    slow = upload(portal, token, "Slow", [f"{number} {LONG}" for number in range(60)])
    # One character beyond the common ones makes each of a text's characters four bytes wide.
    hungry = upload(portal, token, "Hungry", [f"{number}😀{LONG}" for number in range(90)])
    plain = upload(portal, token, "Plain", ["JOHN"])

    ends = [portal.wait_scored(token, one)["status"] for one in (slow, hungry, plain)]

    assert ends == ["failed", "failed", "done"]
    rows = portal.query(
        "SELECT failure, failure_reason, attempts FROM submissions_evaluation ORDER BY id"
    )
    assert rows == [
        ("timeout", f"{TASK} took longer than 3 seconds", 1),
        ("memory", f"{TASK} took more than 256 MiB of memory", 1),
        ("", "", 1),
    ]
    assert portal.processes("worker") == workers
