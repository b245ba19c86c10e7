"""Says what this machine runs models with, as JSON: devices, their memory, versions.

    python -m workers.runners.transformers_local.probe

A process of its own, because torch takes memory on every card that it looks at.
"""

import json
import os
import platform
import sys
from importlib.metadata import version

from workers.runners.transformers_local.host import free_host_bytes, host_bytes


def main() -> None:
    """Print it."""
    import torch  # noqa: PLC0415  Where it is missing, the supervisor reads why.

    names = ("torch", "transformers")
    libraries = {name: version(name) for name in names}
    if torch.cuda.is_available():
        devices = [
            {
                "name": torch.cuda.get_device_name(at),
                "memory_bytes": torch.cuda.mem_get_info(at)[1],
                "free_bytes": torch.cuda.mem_get_info(at)[0],
            }
            for at in range(torch.cuda.device_count())
        ]
        kind, driver = "cuda", torch.version.cuda
    else:
        free, all_bytes = free_host_bytes(), host_bytes()
        name = f"{platform.machine()}, {os.cpu_count()} processors"
        devices = [{"name": name, "memory_bytes": all_bytes, "free_bytes": free}]
        kind, driver = "cpu", ""
    told = {"kind": kind, "devices": devices, "libraries": libraries, "cuda": driver}
    json.dump({**told, "python": platform.python_version()}, sys.stdout)


if __name__ == "__main__":
    main()
