"""Part of `make check`: are there known holes in what we depend on, and secrets in what we keep?

    python -m benchmark_site.supply

Where the database of known holes cannot be reached that check is skipped, and the line says so.
"""

import json
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
BASELINE: Final = ROOT / ".secrets.baseline"
# Where pip-audit looks; asked first, because it would itself wait for minutes.
_HOLES_HOST: Final = "api.osv.dev"
_REACH_SECONDS: Final = 3.0
_AUDIT_SECONDS: Final = 180
_LINES_MOVED: Final = 3
# Files whose long random words are hashes by design.
_NO_SECRETS: Final = ("requirements/", "locale/", ".secrets.baseline")


def main() -> int:
    """Run both; 1 where one found something."""
    findings = [*known_holes(), *new_secrets()]
    for finding in findings:
        print(finding)  # noqa: T201
    return 1 if findings else 0


def known_holes() -> list[str]:
    """Locked packages with a known hole, each with the version that mends it."""
    try:
        socket.create_connection((_HOLES_HOST, 443), timeout=_REACH_SECONDS).close()
    except OSError:
        print(f"pip-audit: skipped, {_HOLES_HOST} cannot be reached from here")  # noqa: T201
        return []
    lock = str(ROOT / "requirements" / "dev.txt")
    command = [sys.executable, "-m", "pip_audit", "--vulnerability-service", "osv"]
    command += ["--requirement", lock, "--disable-pip", "--format", "json"]
    try:
        done = subprocess.run(  # noqa: S603  Ours.
            command, capture_output=True, text=True, timeout=_AUDIT_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        print(f"pip-audit: skipped, no answer within {_AUDIT_SECONDS} seconds")  # noqa: T201
        return []
    if not done.stdout.startswith("{"):
        return [f"pip-audit failed: {done.stderr.strip()[-500:]}"]
    return [
        f"{one['name']} {one['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions'])}"
        for one in json.loads(done.stdout)["dependencies"]
        for hole in one.get("vulns", [])
    ]


def new_secrets() -> list[str]:
    """Places of files under version control that look like a secret and are not in the baseline."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"],  # noqa: S607
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        print("detect-secrets: skipped, this is no checkout")  # noqa: T201
        return []
    names = [
        name for name in listed.stdout.split("\0") if name and not name.startswith(_NO_SECRETS)
    ]
    return scan(names)


def scan(names: list[str]) -> list[str]:
    """As above, of these files."""
    with tempfile.TemporaryDirectory() as folder:
        # A copy: the tool writes moved line numbers into the one that it is given.
        baseline = shutil.copy(BASELINE, folder)
        found = subprocess.run(  # noqa: S603  Ours.
            [
                *(sys.executable, "-m", "detect_secrets.pre_commit_hook", "--json"),
                *("--baseline", baseline, *names),
            ],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    if found.returncode in (0, _LINES_MOVED):
        return []
    if not found.stdout.startswith("{"):
        return [f"detect-secrets failed: {(found.stdout + found.stderr).strip()[-500:]}"]
    places = json.loads(found.stdout)["results"]
    return [
        f"{name}:{one['line_number']}: {one['type']}; if it is none, "
        "detect-secrets audit .secrets.baseline"
        for name, ones in places.items()
        for one in ones
    ]


if __name__ == "__main__":
    sys.exit(main())
