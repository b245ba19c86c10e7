"""What a process loads before it serves, and what its pages make it load: counted, not timed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from tests import make

ROOT = Path(__file__).resolve().parent.parent.parent
HEAVY = {
    *("torch", "transformers", "pandas", "plotly", "numpy", "scipy", "pyarrow"),
    *("huggingface_hub", "rouge_score", "rouge_score_rs", "matplotlib", "sklearn"),
}
SERVE = """
import io, json, sys
from benchmark_site.wsgi import application

def ask(path):
    said = []
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": path, "SERVER_NAME": "localhost",
        "SERVER_PORT": "80", "wsgi.input": io.BytesIO(), "wsgi.url_scheme": "http",
        "REMOTE_ADDR": "127.0.0.1",
    }
    body = b"".join(application(environ, lambda status, _headers: said.append(status)))
    return said[0], len(body)

answers = {path: ask(path) for path in sys.argv[1:]}
print(json.dumps([answers, sorted(sys.modules)]))
"""


def database_url() -> str:
    """The test's own database, for a process of its own."""
    facts = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{facts['NAME']}"
    login = f"{facts['USER']}:{facts['PASSWORD']}@{facts['HOST']}:{facts['PORT']}"
    return f"postgres://{login}/{facts['NAME']}"


def served(*paths: str) -> tuple[dict[str, list[object]], set[str]]:
    """What a fresh web process answers, and the packages that it has loaded by then."""
    # Outside DEBUG the pages name collected files, which a test has none of.
    env = {**os.environ, "DATABASE_URL": database_url(), "DEBUG": "true"}
    done = subprocess.run(
        [sys.executable, "-c", SERVE, *paths],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers, modules = json.loads(done.stdout.splitlines()[-1])
    return answers, {name.partition(".")[0] for name in modules}


@pytest.mark.django_db(transaction=True)
def test_pages_need_no_scientific_library_no_model_and_no_scorer() -> None:
    # Another process sees only what is committed.
    make.release()
    pages = ("/healthz", "/", "/leaderboard/", "/queue/", "/submit/", "/api/v1/board/")

    answers, loaded = served(*pages)

    assert {path: status for path, (status, _) in answers.items()} == {
        path: "302 Found" if path == "/submit/" else "200 OK" for path in pages
    }
    assert loaded & HEAVY == set()


def test_a_worker_that_waits_has_loaded_no_scientific_library() -> None:
    code = (
        "import sys; from benchmark_site.celery import app; app.loader.import_default_modules();"
        "import workers.tasks; print(*sys.modules)"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert {name.partition(".")[0] for name in done.stdout.split()} & HEAVY == set()


@pytest.mark.parametrize(
    ("task", "unneeded"),
    [
        ("passkey", {"rouge_score_rs", "rouge_score", "numpy", "scipy", "django"}),
        ("longbook_sum_eng", {"rouge_score", "numpy", "scipy", "django"}),
    ],
)
def test_the_scorer_loads_what_its_files_need(
    tmp_path: Path, task: str, unneeded: set[str]
) -> None:
    file = tmp_path / f"preds_{task}.jsonl"
    file.write_text('{"prediction": "7 a", "ground_truth": "7"}\n')
    code = (
        "import sys; from scoring.__main__ import main;"
        "main(sys.argv[1:]); print('LOADED', *sys.modules)"
    )

    done = subprocess.run(
        [sys.executable, "-c", code, "score", str(file)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    loaded = {name.partition(".")[0] for name in done.stdout.split("LOADED ")[1].split()}
    assert loaded & unneeded == set()
