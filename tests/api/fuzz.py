"""Lets schemathesis ask a whole portal whatever its schema allows, and what it forbids.

    python -m tests.api.fuzz --requests 20000

As nobody, as a user and as staff, with all checks.  Ends with status 1 if one answer was a 5xx, or
was not as the schema says.
"""

import argparse
import importlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django
import requests

from tests.hub import FILES, running_hub, write_model
from tests.portal import Portal, running_portal

PEOPLE = ("nobody", "user", "staff")
PHASES = "examples,coverage,fuzzing,stateful"
FOLDER = Path(__file__).parent
# Nothing here is about how often one may ask.
NO_LIMITS = {
    "API_ADDRESS_REQUESTS_PER_MINUTE": "0",
    "API_USER_REQUESTS_PER_MINUTE": "0",
    "SUBMISSIONS_PER_DAY": "1000000",
    "SUBMISSIONS_AT_ONCE": "1000000",
    "LOG_LEVEL": "ERROR",
    # The addresses that are named below can be registered; nothing answers there.
    "OUTBOUND_HTTP_ALLOWED": "1",
    "OUTBOUND_NETWORKS": "127.0.0.0/8",
}
NOWHERE = "http://127.0.0.1:9"
# In every second request that takes one of these, something that is there is asked for.
BINDINGS = {
    "path.public_id": "ids",
    "path.slug": "slugs",
    "path.name": "releases",
    "path.person_id": "numbers",
    "path.evaluation_id": "numbers",
    "path.invitation_id": "numbers",
    "path.delivery_id": "numbers",
    "body.endpoint": "ids",
    "body.hub_model": "ids",
    "body.repository": "repositories",
    "body.by": "ids",
    "body.upload[*]": "ids",
    "body.release": "releases",
    "body.model_slug": "slugs",
    "body.shared_with": "slugs",
    "body.base_url": "addresses",
    "body.url": "addresses",
}
_MAKE_TOKEN = (
    "from accounts.models import *;"
    "u=User.objects.get_or_create(email='{who}@example.org')[0];"
    "u.is_staff={is_staff};u.save();"
    "print('TOKEN', ApiToken.objects.create(u, name='t', may_manage=True)[1])"
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of asking as somebody."""

    who: str
    requests: int
    failures: int
    text: str


@contextmanager
def filled_portal(state: Path) -> Iterator[Portal]:
    """A portal with a release, and with a submission of the user."""
    from tests import make  # noqa: PLC0415  It needs Django, which main sets up.

    labels, models = state.parent / "labels", state.parent / "models"
    make.write_labels(labels)
    write_model(models)
    # A repository that schemathesis made up is looked for here, and nowhere else.
    with (
        running_hub(FILES) as hub,
        running_portal(state, HUB_URL=hub, MODELS_DIR=str(models), **NO_LIMITS) as portal,
    ):
        portal.manage("import_release", str(labels), "--name", "test", "--labels-only")
        # One with contexts to ask about, whose answers are secret; a series of one length, too.
        fresh = ("--name", "fresh", "--tokens", "256", "--per-task", "1", "--private")
        portal.manage("generate_release", *fresh)
        yield portal


def token_of(portal: Portal, who: str) -> str:
    """A token with every scope."""
    code = _MAKE_TOKEN.format(who=who, is_staff=who == "staff")
    return portal.manage("shell", "-v", "0", "-c", code).split("TOKEN ")[1].split()[0]


def ask(portal: Portal, who: str, *more: str, examples: int, phases: str = PHASES) -> Outcome:
    """Run schemathesis once as `who`: nobody, user or staff."""
    from tests import make  # noqa: PLC0415

    options = list(more)
    known: dict[str, list[Any]] = {"ids": ["bbbbbbbbbb"], "slugs": ["passkey"]}
    if who != "nobody":
        token = token_of(portal, who)
        options += ["-H", f"Authorization: Token {token}"]
        archive = make.zipped(make.files(right=len(who) % 3))
        made = portal.upload(token, "all.zip", archive, model=f"Of {who}")
        assert made.status_code == 201, made.text
        portal.wait_scored(token, made.json()["id"])
        known = things_of(portal, token, made.json(), archive)
    with tempfile.TemporaryDirectory() as folder:
        config = _config(folder, known)
        report = Path(folder) / "report.json"
        done = subprocess.run(
            [
                *(
                    sys.executable,
                    "-m",
                    "schemathesis.cli",
                    f"--config-file={config}",
                ),
                *("run", f"{portal.url}/api/v1/schema/", "--no-color"),
                *("-n", str(examples), "--phases", phases),
                *("--checks", "all", "--suppress-health-check", "all"),
                *("--report", "json", "--report-json-path", str(report), *options),
            ],
            cwd=folder,
            env={**os.environ, "SCHEMATHESIS_HOOKS": "tests.api.hooks", "PYTHONPATH": str(_root())},
            capture_output=True,
            text=True,
            check=False,
        )
        found = json.loads(report.read_text()) if report.exists() else {}
    cases = found.get("test_cases", {})
    failures = cases.get("unique_failures", 1) + len(found.get("errors", ["no report"]))
    return Outcome(who, cases.get("generated", 0), failures, done.stdout + done.stderr)


def things_of(
    portal: Portal, token: str, submission: dict[str, Any], archive: bytes
) -> dict[str, list[Any]]:
    """One thing of each kind, made over the API; their ids and slugs."""

    def make(path: str, body: dict[str, Any], *, files: bytes = b"") -> str | None:
        form = {"data": body, "files": {"files": ("all.zip", files)}}
        sent = form if files else {"json": body}
        answer = requests.post(
            f"{portal.url}/api/v1/{path}/",
            headers={"Authorization": f"Token {token}"},
            timeout=60,
            **sent,  # type: ignore[arg-type]
        )
        # Made in an earlier round, perhaps.
        found: dict[str, Any] = answer.json()
        name: str | None = found.get("id") or found.get("slug")
        return name

    own = submission["id"]
    facts = {"base_url": NOWHERE, "model_name": "m", "context_tokens": 4096}
    endpoint = make("endpoints", {"name": f"E {own}", **facts})
    run = {"endpoint": endpoint, "release": "fresh", "model": f"Run {own}"}
    draft = {"model": f"Draft {own}", "contamination": "no"}
    ids = [
        own,
        endpoint,
        make("hub-models", {"repository": "local/tiny"}),
        make("runs", run),
        make("drafts", draft, files=archive),
        make("webhooks", {"url": f"{NOWHERE}/{own}"}),
    ]
    lab = make("organizations", {"name": f"Lab {own}"})
    slugs = ["passkey", submission["model_slug"], lab]
    return {"ids": [one for one in ids if one], "slugs": [one for one in slugs if one]}


def ask_all(portal: Portal, *, examples: int, phases: str = PHASES) -> Iterator[Outcome]:
    """Ask as everybody at the same time, each in a process of its own."""
    with ThreadPoolExecutor(len(PEOPLE)) as pool:
        yield from pool.map(lambda who: ask(portal, who, examples=examples, phases=phases), PEOPLE)


def _root() -> Path:
    return FOLDER.parent.parent


def _config(folder: str, known: dict[str, list[Any]]) -> Path:
    """The checks' settings, and what is there to be asked for."""
    values = {
        "releases": ["test", "fresh"],
        "numbers": [1, 2, 3],
        "repositories": ["local/tiny", "org/name"],
        "addresses": [f"{NOWHERE}/v1", f"{NOWHERE}/hook"],
        **known,
    }
    lines = [(FOLDER / "schemathesis.toml").read_text()]
    for name, listed in values.items():
        lines += ["", f"[dictionaries.{name}]", f"values = {json.dumps(listed)}"]
    lines += ["", "[parameters]"]
    lines += [
        f'"{name}" = {{ dictionary = "{of}", probability = 0.5 }}' for name, of in BINDINGS.items()
    ]
    target = Path(folder) / "schemathesis.toml"
    target.write_text("\n".join(lines) + "\n")
    return target


def main() -> int:
    """Ask until there were enough requests, and say how many there were."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--examples", type=int, default=200, help="a request's kind and person")
    chosen = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmark_site.settings")
    importlib.import_module("tests.environment")
    django.setup()
    total = failures = 0
    with tempfile.TemporaryDirectory() as folder, filled_portal(Path(folder) / "state") as portal:
        while total < chosen.requests and not failures:
            for outcome in ask_all(portal, examples=chosen.examples):
                total += outcome.requests
                failures += outcome.failures
                say(f"{outcome.who}: {outcome.requests} requests, {outcome.failures} failures")
                if outcome.failures:
                    say(outcome.text)
        if failures:
            say("\n".join(portal.lines[-200:]))
    say(f"{total} requests, {failures} failures")
    return 1 if failures else 0


def say(line: str) -> None:
    """Tell the person at the terminal."""
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
