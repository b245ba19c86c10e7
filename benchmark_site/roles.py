"""What the portal's processes are called, what each runs, and how one becomes it.

    python -m benchmark_site.roles web           # become the web process
    python -m benchmark_site.roles web --check   # is the one on this machine well?

The Procfile, the image's entry point, the compose file, the example for Kubernetes and `make run`
all name a role and take its command from here, so that a role is the same thing everywhere.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Final

from benchmark_site.env import BASE_DIR, env

# The clock writes its schedule down every three minutes; silent for longer, it hangs.
BEAT_SILENT_SECONDS: Final = 600
CHECK_SECONDS: Final = 10

_CELERY: Final = (sys.executable, "-m", "celery", "--quiet", "-A", "benchmark_site.celery")


def beat_schedule() -> Path:
    """Where the clock notes when it last did what; losing it costs nothing."""
    default = str(Path(tempfile.gettempdir()) / f"beat-schedule-{os.getuid()}")
    return Path(env.str("BEAT_SCHEDULE", default))


def commands(*, log_level: str = "INFO") -> dict[str, tuple[str, ...]]:
    """The command of every role, as the environment sets it up."""
    log = f"--loglevel={log_level}"
    # Where one machine does everything, a page that somebody waits for comes before a score.
    nice = ("nice", "-n", str(niceness)) if (niceness := env.int("WORKER_NICE", 5)) else ()
    bind = f"{env.str('BIND', '127.0.0.1')}:{env.int('PORT', 8000)}"
    return {
        "worker": (
            *(*nice, *_CELERY, "worker", log),
            f"--concurrency={env.int('WORKER_PROCESSES', 2)}",
        ),
        # Asking models and calling webhooks is waiting: threads of one process, apart from those
        # that score.
        "runner": (
            *(*_CELERY, "worker", log, "--queues=generate,notices", "--pool=threads"),
            *(f"--concurrency={env.int('RUNNER_THREADS', 4)}", "--hostname=runner@%h"),
        ),
        # One model in the card's memory at a time.
        "gpu": (
            *(*_CELERY, "worker", log, "--queues=gpu", "--pool=threads"),
            *("--concurrency=1", "--hostname=gpu@%h"),
        ),
        "beat": (*_CELERY, "beat", log, f"--schedule={beat_schedule()}"),
        "web": (
            *(sys.executable, "-m", "gunicorn", "benchmark_site.wsgi"),
            *(f"--bind={bind}", "--worker-class=gthread"),
            f"--workers={env.int('WEB_PROCESSES', 2)}",
            f"--threads={env.int('WEB_THREADS', 16)}",
            *("--graceful-timeout=10", "--timeout=120", f"--log-level={log_level.lower()}"),
        ),
        # Before a new version serves: migrations and what a new portal starts with.
        "prepare": (sys.executable, "manage.py", "prepare", "--skip-static"),
    }


def refuse_unsafe() -> None:
    """End where this is the open internet and the settings are a development machine's.

    Raises:
        SystemExit: with every problem that `manage.py check --deploy` calls an error.
    """
    if not env.bool("PRODUCTION", False):
        return
    check = (sys.executable, "manage.py", "check", "--deploy", "--fail-level", "ERROR")
    if subprocess.run(check, cwd=BASE_DIR, check=False).returncode:  # noqa: S603  Ours.
        raise SystemExit("PRODUCTION is set, and these settings are not fit for it")


def is_well(role: str) -> bool:
    """Whether the role's process on this machine answers, or the clock has ticked lately."""
    if role == "prepare":
        return True
    if role == "web":
        return _web_answers()
    if role == "beat":
        # Python's shelf may put a suffix of its own behind the name.
        kept = beat_schedule()
        ages = [time.time() - one.stat().st_mtime for one in kept.parent.glob(f"{kept.name}*")]
        return bool(ages) and min(ages) < BEAT_SILENT_SECONDS
    name = {"worker": "celery", "runner": "runner", "gpu": "gpu"}[role]
    ping = (*_CELERY, "inspect", "ping", "--timeout", "5", "--destination")
    done = subprocess.run(  # noqa: S603  The command is ours.
        (*ping, f"{name}@{os.uname().nodename}"),
        cwd=BASE_DIR,
        capture_output=True,
        timeout=60,
        check=False,
    )
    return done.returncode == 0


def _web_answers() -> bool:
    # As the proxy asks, so that HTTPS=true does not send the question elsewhere.
    hosts = [host for host in env.list("ALLOWED_HOSTS", ["127.0.0.1"]) if "*" not in host]
    headers = {"Host": hosts[0].lstrip("."), "X-Forwarded-Proto": "https"} if hosts else {}
    url = f"http://127.0.0.1:{env.int('PORT', 8000)}/healthz"
    question = urllib.request.Request(url, headers=headers)
    try:
        with urllib.request.urlopen(question, timeout=CHECK_SECONDS) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except OSError:
        return False


def main() -> None:
    """Become a role, or say by the exit status whether it is well."""
    parser = argparse.ArgumentParser(prog="python -m benchmark_site.roles", description=__doc__)
    parser.add_argument("role", choices=sorted(commands()))
    parser.add_argument("--check", action="store_true", help="only ask whether it is well")
    asked = parser.parse_args()
    if asked.check:
        sys.exit(0 if is_well(asked.role) else 1)
    refuse_unsafe()
    command = commands()[asked.role]
    os.chdir(BASE_DIR)
    program = shutil.which(command[0]) or command[0]
    # In the place of this process, so that signals reach the role itself.
    os.execv(program, command)  # noqa: S606


if __name__ == "__main__":
    main()
