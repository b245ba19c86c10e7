"""A portal under load: browsers read the board while people upload; nothing fails, nothing is lost.

    make load                    # brings Locust into build/load
    python benchmarks/load.py [--browsers N] [--uploads N] [--seconds N]

All on this machine, so the load's own processor time is taken from the site's.  A browser reads for
some seconds between pages.  All uploaders start at once; each sends gpt4's twelve files (5.4 MB),
asks once a second until they are scored, and after a pause sends the next.  From upload to score
runs from the first byte sent to the row's `finished_at`.  With DATABASE_URL on PostgreSQL.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any

sys.path[0] = str(Path(__file__).resolve().parent.parent)

from benchmarks.crowd import add_models  # noqa: E402
from benchmarks.measured import ROOT, machine, quantile, session_cpu, show  # noqa: E402
from benchmarks.scratch import published_files, scratch_portal, wait_for  # noqa: E402

# In an environment of its own: nothing of it is needed to run or to test the site.
LOCUST = ROOT / "build" / "load" / "bin" / "locust"
BOARD_MS = 200.0
SCORE_SECONDS = 10.0
# How long what is still on its way at the end may take.
LAST_SECONDS = 60


def main() -> int:
    """Measure; exit 1 where a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0] if __doc__ else None)
    parser.add_argument("--browsers", type=int, default=50)
    parser.add_argument("--uploads", type=int, default=20)
    parser.add_argument("--seconds", type=int, default=120)
    parser.add_argument("--pause", type=float, default=20.0, help="mean seconds between uploads")
    parser.add_argument("--rows", type=int, default=100, help="made-up models on the board")
    parser.add_argument("--port", type=int, default=8130)
    options = parser.parse_args()
    with scratch_portal() as scratch, tempfile.TemporaryDirectory() as folder:
        add_models(options.rows)
        url = f"http://127.0.0.1:{options.port}"
        site = scratch.start(
            "benchmark_site.serve",
            PORT=str(options.port),
            API_ADDRESS_REQUESTS_PER_MINUTE="0",
            API_USER_REQUESTS_PER_MINUTE="0",
        )
        wait_for(lambda: _answers(url), seconds=120, what="the site")
        _warm(url)
        before = session_cpu_below(site.pid)
        seen = _let_people_in(options, url, Path(folder))
        cpu = session_cpu_below(site.pid) - before
        report = _judge(seen, options) | {
            "site_cpu_seconds": round(cpu, 1),
            "inputs": {
                **vars(options),
                "files": "gpt4, twelve tasks, 5.4 MB, multipart",
                "database": scratch.database,
            },
            "versions": machine("Django", "celery", "gunicorn"),
        }
        site.terminate()
        site.wait(60)
    show(report)
    return 0 if all(report["promises"].values()) else 1


def session_cpu_below(leader: int) -> float:
    """Processor seconds of a portal: each role leads a session of its own."""
    listed = subprocess.run(
        ["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True
    ).stdout
    rows = [tuple(map(int, line.split())) for line in listed.splitlines()]
    return sum(session_cpu(pid) for pid, parent in rows if parent == leader)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=5) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except OSError:
        time.sleep(0.5)
        return False


def _warm(url: str) -> None:
    """Ask both web processes for their first pages, as of a site that people use."""
    for _ in range(12):
        for path in ("leaderboard/", "queue/", "tasks/passkey/"):
            with urllib.request.urlopen(f"{url}/{path}", timeout=30) as answer:  # noqa: S310
                answer.read()


def _let_people_in(options: argparse.Namespace, url: str, folder: Path) -> dict[str, Any]:
    """Run Locust beside the site and return what it wrote down."""
    from accounts.models import ApiToken, User  # noqa: PLC0415  Once Django is set up.
    from submissions.models import ModelEntry  # noqa: PLC0415

    tokens = []
    for number in range(options.uploads):
        user = User.objects.create_user(f"load-{number}@example.org")
        tokens.append(ApiToken.objects.create(user, name="load")[1])
    plan = {
        "tokens": tokens,
        "files": [str(path) for path in published_files()],
        "models": list(ModelEntry.objects.values_list("slug", flat=True)),
        "pause": options.pause,
        "report": str(folder / "seen.json"),
    }
    people = options.browsers + options.uploads
    subprocess.run(
        [
            *(str(LOCUST), "--headless", "--only-summary"),
            *("--locustfile", str(ROOT / "benchmarks" / "load_people.py"), "--host", url),
            *("--users", str(people), "--spawn-rate", str(people)),
            *("--run-time", f"{options.seconds}s", "--stop-timeout", str(LAST_SECONDS)),
            *("--loglevel", "WARNING", "--exit-code-on-error", "0"),
        ],
        cwd=ROOT,
        env={**os.environ, "LOAD_PLAN": json.dumps(plan), "LOAD_BROWSERS": str(options.browsers)},
        stdout=subprocess.DEVNULL,
        check=True,
        timeout=options.seconds + 3 * LAST_SECONDS,
    )
    seen: dict[str, Any] = json.loads((folder / "seen.json").read_text())
    return seen


def _judge(seen: dict[str, Any], options: argparse.Namespace) -> dict[str, Any]:
    from submissions.models import Evaluation  # noqa: PLC0415  Once Django is set up.

    sent = {one["id"]: one["sent_at"] for one in seen["uploads"]}
    mine = Evaluation.objects.filter(submission__public_id__in=sent)
    # The sweep and the workers go on after the last person has left.
    deadline = time.monotonic() + LAST_SECONDS
    while mine.filter(finished_at=None).exists() and time.monotonic() < deadline:
        time.sleep(0.5)
    ended = list(mine.values_list("submission__public_id", "status", "finished_at"))
    done = Counter(public_id for public_id, status, _ in ended if status == "done")
    waits = [
        finished.timestamp() - sent[public_id] for public_id, status, finished in ended if finished
    ]
    by_name: dict[str, list[float]] = {}
    for name, milliseconds in seen["requests"]:
        by_name.setdefault(name, []).append(milliseconds)
    board = quantile(by_name["board"], 0.95)
    score = quantile(waits, 0.95) if waits else float("inf")
    is_whole = set(done) == set(sent) and set(done.values()) == {1} and bool(sent)
    return {
        "promises": {
            "no error": not seen["errors"],
            "no lost upload, each scored once": is_whole,
            f"p95 of the board under {BOARD_MS:.0f} ms": board < BOARD_MS,
            f"p95 from upload to score under {SCORE_SECONDS:.0f} s": score < SCORE_SECONDS,
        },
        "board_ms": _spread(by_name["board"]),
        "upload_to_score_seconds": _spread(waits),
        "uploads": len(sent),
        "errors": Counter(seen["errors"]).most_common(5),
        "milliseconds": {name: _spread(found) for name, found in sorted(by_name.items())},
        "requests_a_second": round(len(seen["requests"]) / options.seconds, 1),
    }


def _spread(values: list[float]) -> dict[str, float]:
    shares = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "most": 1.0}
    found = {name: round(quantile(values, share), 2) for name, share in shares.items() if values}
    return {"n": len(values), **found}


if __name__ == "__main__":
    sys.exit(main())
