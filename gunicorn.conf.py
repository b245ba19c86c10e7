"""What gunicorn reads by itself: the files in which its workers count requests, and one setting."""

import os
from pathlib import Path
from typing import Any

# A socket below the home folder that takes commands: nobody here gives any, a container's home
# cannot be written, and the portals of one user would share it.
control_socket_disable = True


def on_starting(_server: Any) -> None:
    """Begin anew: files of processes that are gone would add up for ever."""
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")
    for path in Path(folder).glob("*.db") if folder else ():
        path.unlink(missing_ok=True)
