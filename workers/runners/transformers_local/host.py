"""How much memory this machine has and has left, as far as the system tells; without torch."""

import os
from pathlib import Path
from typing import Final

_UNKNOWN: Final = 1 << 62
_MEMINFO: Final = Path("/proc/meminfo")
# Where a container's own limit stands, in the newer hierarchy of groups and in the older one.
_GROUPS: Final = (
    ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
    (
        "/sys/fs/cgroup/memory/memory.limit_in_bytes",
        "/sys/fs/cgroup/memory/memory.usage_in_bytes",
    ),
)


def free_host_bytes() -> int:
    """What a process may still take: files that the system only keeps in mind count as free.

    In a container, no more than its limit leaves.
    """
    told = _meminfo("MemAvailable")
    return min(_system("SC_AVPHYS_PAGES") if told is None else told, *_group_rooms())


def host_bytes() -> int:
    """What is built in, or what a container may take."""
    limits = (int(most) for most, _ in _group_files())
    return min(_system("SC_PHYS_PAGES"), *limits, _UNKNOWN)


def _meminfo(name: str) -> int | None:
    try:
        lines = _MEMINFO.read_text().splitlines()
    except OSError:  # Only Linux has it.
        return None
    found = [line.split()[1] for line in lines if line.startswith(f"{name}:")]
    return int(found[0]) * 1024 if found else None


def _system(name: str) -> int:
    try:
        return os.sysconf(name) * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):  # Not every system counts them.
        return _UNKNOWN


def _group_files() -> list[tuple[str, str]]:
    """The limit and the use of each group that has a limit."""
    found = []
    for most, used in _GROUPS:
        try:
            texts = Path(most).read_text().strip(), Path(used).read_text().strip()
        except OSError:
            continue
        if all(one.isdecimal() for one in texts):
            found.append(texts)
    return found


def _group_rooms() -> list[int]:
    return [max(0, int(most) - int(used)) for most, used in _group_files()] or [_UNKNOWN]
