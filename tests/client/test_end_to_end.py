"""Every command of `ibench`, from an environment that holds only the client, on a real portal."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import make
from tests.hub import write_model
from tests.portal import ROOT, Portal, running_portal

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("client")]


@pytest.fixture(scope="module")
def ibench(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command, in a fresh virtual environment into which only `./client` was installed."""
    clone = tmp_path_factory.mktemp("clone")
    # pip builds where the source lies; in a copy, no other build and no leftover is in its way.
    for name in ("client", "scoring"):
        leftovers = shutil.ignore_patterns("build", "*.egg-info", "__pycache__")
        shutil.copytree(ROOT / name, clone / name, ignore=leftovers)
    subprocess.run([sys.executable, "-m", "venv", str(clone / "venv")], check=True)
    python = str(clone / "venv" / "bin" / "python")
    pip = [python, "-m", "pip", "install", "--quiet", str(clone / "client")]
    done = subprocess.run(pip, capture_output=True, text=True, timeout=400, check=False)
    assert done.returncode == 0, done.stderr
    return clone / "venv" / "bin" / "ibench"


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A portal with a small release, which may call this machine."""
    folder = tmp_path_factory.mktemp("portal")
    allowed = {"OUTBOUND_HTTP_ALLOWED": "1", "OUTBOUND_NETWORKS": "127.0.0.0/8"}
    write_model(folder / "models")
    allowed["MODELS_DIR"] = str(folder / "models")
    with running_portal(folder / "state", **allowed) as portal:
        make.write_labels(folder / "labels")
        portal.manage("import_release", str(folder / "labels"), "--name", "small", "--labels-only")
        yield portal


class Shell:
    """A person's shell: the command, a home folder, a working folder."""

    def __init__(self, command: Path, portal: Portal, home: Path) -> None:
        self.command, self.portal, self.home = command, portal, home
        self.env = {"HOME": str(home), "PATH": os.environ["PATH"], "IBENCH_SITE": portal.url}

    def run(self, *arguments: str, stdin: str = "", code: int = 0) -> str:
        """Run a command, which must end with `code`, and return what it printed."""
        done = subprocess.run(
            [str(self.command), *arguments],
            cwd=self.home,
            env=self.env,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert done.returncode == code, (arguments, done.stdout, done.stderr)
        return done.stdout if code == 0 else done.stdout + done.stderr

    def json(self, *arguments: str) -> Any:
        """Run a command with --json and read its answer."""
        return json.loads(self.run(*arguments, "--json"))


@pytest.fixture
def shell(ibench: Path, portal: Portal, tmp_path: Path) -> Shell:
    shell = Shell(ibench, portal, tmp_path)
    for name, stream in make.files():
        (tmp_path / name).write_bytes(stream.getvalue())
    return shell


@pytest.fixture
def signed_in(shell: Shell, request: pytest.FixtureRequest) -> Shell:
    """A shell whose owner has an account of their own, and has run `ibench login`."""
    token = shell.portal.token(f"{request.node.name[:40]}@example.org", may_manage=True)
    shell.run("login", "--token-stdin", stdin=f"{token}\n")
    return shell


def predictions(shell: Shell) -> list[str]:
    return sorted(path.name for path in shell.home.glob("preds_*.jsonl"))


def test_the_environment_has_no_django(ibench: Path) -> None:
    code = (
        "from importlib.util import find_spec;"
        "print([name for name in ('django', 'celery', 'numpy') if find_spec(name)])"
    )
    done = subprocess.run(
        [str(ibench.parent / "python"), "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"


def test_score_needs_no_server(shell: Shell) -> None:
    shell.env.pop("IBENCH_SITE")
    make.write_labels(shell.home / "labels")

    (scored,) = shell.json("score", "preds_passkey.jsonl", "--labels", "labels")["files"]

    assert scored["scorers"]["portal-1"]["mean"] == 1.0
    assert "100.0" in shell.run("score", *predictions(shell), "--labels", "labels")
    assert "no_label" in shell.run("score", "preds_passkey.jsonl", "--json", code=1)


def test_a_submission_from_login_to_compare(signed_in: Shell) -> None:
    shell = signed_in
    files = predictions(shell)

    report = shell.json("submit", *files, "--model", "First", "--dry-run")
    assert (report["release"], report["missing_tasks"]) == ("small", [])
    assert shell.json("status") == []
    assert shell.json("runs") == []

    first = shell.json("submit", *files, "--model", "First", "--wait", "--timeout", "150")
    assert first["status"] == "done"
    assert first["scorers"]["official-2024-06"]["average"] == 1.0
    assert shell.json("status", first["id"]) == [first]
    assert "First" in shell.run("status")
    assert first["id"] in shell.run("submit", *files, "--model", "First", code=3)

    (shell.home / "preds_passkey.jsonl").write_text('{"id": 0, "prediction": "wrong"}\n')
    second = shell.json("submit", *files, "--model", "Second")
    watched = shell.json("watch", second["id"], "--timeout", "150")
    assert watched["status"] == "done"
    assert "average" in shell.run("status", second["url"])

    assert "First" in shell.run("board")
    names = [row["model_name"] for row in shell.json("board", "--scorer", "portal-1")["rows"]]
    assert {"First", "Second"} <= set(names)
    assert "First" in shell.run("export", "--format", "csv")
    shell.run("export", "--format", "parquet", "-o", "board.parquet")
    assert (shell.home / "board.parquet").read_bytes()[:4] == b"PAR1"

    found = shell.json("compare", first["id"], second["id"])
    assert [side["id"] for side in found["sides"]] == [first["id"], second["id"]]
    assert "Second less First" in shell.run("compare", first["id"], second["page"])


def test_files_are_tried_kept_and_sent(signed_in: Shell) -> None:
    shell, files = signed_in, predictions(signed_in)
    told = ["--model", "Tried", "--declare", "contamination=no", "--timeout", "150"]

    one = shell.json("try", *files, *told)
    assert one["trial"]["scorers"]["official-2024-06"]["average"] == 1.0
    assert shell.json("draft", "list") == []
    assert "would rank" in shell.run("try", *files, *told, "--keep")
    (kept,) = shell.json("draft", "list")
    assert (kept["lacks"], kept["declared"]) == (None, {"contamination": "no"})
    assert "100.0" in shell.run("draft", "show", kept["page"])
    sent = shell.json("draft", "send", kept["id"], "--visibility", "private")
    assert (sent["model"], sent["visibility"]) == ("Tried", "private")
    assert "http" in shell.run("draft", "show", kept["id"], "--json")
    shell.run("draft", "discard", kept["id"], code=5)
    # Nothing of it was run here, so there are no prompts.
    shell.run("prompts", sent["id"], code=5)
    shell.run("try", *files, "--model", "Tried", "--declare", "contamination", code=2)


def test_a_submission_from_private_to_withdrawn(signed_in: Shell) -> None:
    shell = signed_in
    one = shell.json("submit", *predictions(shell), "--model", "Kept", "--visibility", "private")
    shell.run("watch", one["id"], "--timeout", "150")

    assert shell.json("publish", one["id"])["visibility"] == "public"
    assert shell.json("undo-publish", one["id"])["visibility"] == "private"
    assert "409" not in shell.run("undo-publish", one["id"], code=3)
    assert shell.json("model", one["model_slug"], "--name", "Renamed")["name"] == "Renamed"
    assert shell.json("org", "found", "Client lab")["role"] == "owner"
    shared = shell.json("model", one["model_slug"], "--share", "client-lab")
    assert shared["shared_with"] == "client-lab"
    assert shell.json("model", one["model_slug"], "--unshare")["shared_with"] is None
    assert "owner" in shell.run("org", "show", "client-lab")
    assert "member" in shell.run("org", "invite", "client-lab", "guest@example.org")
    withdrawn = shell.json("withdraw", one["id"], "--reason", "A mistake")
    assert withdrawn["withdrawn_reason"] == "A mistake"
    assert shell.run("status", one["id"]).splitlines()[0].endswith("withdrawn")
    shell.run("supersede", one["id"], "--by", "bbbbbbbbbb", code=3)


def test_endpoints_and_runs_from_a_shell(signed_in: Shell) -> None:
    shell = signed_in
    facts = ["--name", "Mine", "--model-name", "tiny", "--context-tokens", "4096"]
    address = ["--base-url", "http://127.0.0.1:9/v1"]

    made = json.loads(
        shell.run("endpoint", "add", *facts, *address, "--key-stdin", "--json", stdin="sk-hidden\n")
    )
    assert made["has_key"] is True
    assert "sk-hidden" not in shell.run("endpoint", "show", made["id"])
    assert shell.json("endpoint", "change", made["id"], "--concurrency", "2")["concurrency"] == 2
    assert "Mine" in shell.run("endpoint", "list")
    shell.run("endpoint", "add", *facts, "--base-url", "http://10.0.0.1/", code=3)
    # The small release has answers and no contexts.
    asked = ["--endpoint", made["id"], "--release", "small", "--model", "Tiny"]
    assert "contexts" in shell.run("run", "start", *asked, code=3)
    shell.run("run", "pause", "bbbbbbbbbb", code=5)
    shell.run("endpoint", "retire", made["id"])
    shell.run("endpoint", "show", made["id"], code=5)


def test_models_that_the_portal_runs_from_a_shell(signed_in: Shell) -> None:
    shell = signed_in

    made = shell.json("hub-model", "add", "local/tiny", "--context-tokens", "600")
    assert (made["context_tokens"], made["facts"]["max_positions"]) == (600, 4096)
    assert made["commit"] in shell.run("hub-model", "show", made["page"])
    assert "local/tiny" in shell.run("hub-model", "list")
    told = shell.run("hub-model", "add", "local/tiny", "--context-tokens", "8192", code=3)
    assert "context_tokens: Its config.json allows 4,096 tokens." in told
    # The small release has answers and no contexts.
    asked = ["--hub-model", made["id"], "--release", "small", "--model", "Tiny"]
    assert "contexts" in shell.run("run", "start", *asked, code=3)
    shell.run("run", "start", *asked, "--endpoint", "bbbbbbbbbb", code=2)
    shell.run("hub-model", "retire", made["id"])
    shell.run("hub-model", "show", made["id"], code=5)


def test_webhooks_from_a_shell(signed_in: Shell) -> None:
    made = signed_in.json("webhook", "add", "http://127.0.0.1:9/hook", "--kind", "run.paused")

    assert made["secret"].startswith("whsec_")
    assert signed_in.json("webhook", "rotate", made["id"])["secret"] != made["secret"]
    assert "secret" not in signed_in.json("webhook", "list")[0]
    signed_in.run("webhook", "test", made["id"])
    assert signed_in.json("webhook", "calls", made["id"])[0]["kind"] == "test"
    signed_in.run("webhook", "delete", made["id"])
    assert signed_in.json("webhook", "list") == []


def test_refusals_name_the_file_the_line_and_the_fix(signed_in: Shell) -> None:
    shell = signed_in
    (shell.home / "preds_passkey.jsonl").write_text('{"id": 0, "output": "1"}\n')

    told = shell.run("submit", "preds_passkey.jsonl", "--model", "Broken", code=3)

    assert "preds_passkey.jsonl: line 1:" in told
    assert "run the command again" in told


def test_scripts_can_tell_what_went_wrong(shell: Shell) -> None:
    assert "scorer" in shell.run("board", "--scorer", "none", code=3)
    shell.run("status", "bbbbbbbbbb", code=5)
    shell.run("submit", "preds_passkey.jsonl", "--model", "M", code=4)
    shell.run("submit", "absent.jsonl", "--model", "M", code=2)
    assert "account/tokens" in shell.run("login", "--token-stdin", stdin="ibp_wrong\n", code=4)
    shell.env["IBENCH_SITE"] = "http://127.0.0.1:9"
    shell.run("board", code=7)


def test_calls_that_have_no_command(signed_in: Shell) -> None:
    shell = signed_in
    files = predictions(shell)
    first = shell.json("submit", *files, "--model", "One", "--visibility", "private")
    (shell.home / "preds_passkey.jsonl").write_text('{"id": 0, "prediction": "wrong"}\n')
    later = shell.json("submit", *files, "--model", "Two", "--visibility", "private")
    shell.portal.manage(
        "generate_release", "--name", "fresh", "--tokens", "256", "--per-task", "1", "--private"
    )
    for one in (first, later):
        shell.run("watch", one["id"], "--timeout", "150")
    code = f"""
from ibench import Portal
portal = Portal()
print(portal.differing({first["id"]!r}, {later["url"]!r}, task="passkey")["total"])
print(len(portal.release_files("fresh")["files"]), portal.series("fresh")["curves"])
print(len(portal.depths("fresh", {first["model_slug"]!r})["rows"]))
"""

    python = str(shell.command.parent / "python")
    done = subprocess.run(
        [python, "-c", code], env=shell.env, capture_output=True, text=True, check=False
    )

    assert done.stdout.split("\n")[:3] == ["3", "12 []", "0"], done.stderr


def test_logout_forgets_the_token(signed_in: Shell) -> None:
    signed_in.run("logout")

    signed_in.run("submit", "preds_passkey.jsonl", "--model", "M", code=4)
