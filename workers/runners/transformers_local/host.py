"""How much memory this machine has and has left, as far as the system tells; without torch."""

import os
from pathlib import Path
from typing import Final

_UNKNOWN: Final = 1 << 62
_MEMINFO: Final = Path("/proc/meminfo")
_GROUPS: Final = Path("/sys/fs/cgroup")
# Where a container's own limit, its use and what makes it up stand, in the newer hierarchy of
# groups and in the older one.
_FILES: Final = (
    ("memory.max", "memory.current", "memory.stat", "inactive_file"),
    (
        "memory/memory.limit_in_bytes",
        "memory/memory.usage_in_bytes",
        "memory/memory.stat",
        "total_inactive_file",
    ),
)


def free_host_bytes() -> int:
    """What a process may still take: files that the system only keeps in mind count as free.

    In a container, no more than its limit leaves.
    """
    told = _meminfo("MemAvailable")
    rooms = (max(0, most - used) for most, used in _groups())
    return min(_system("SC_AVPHYS_PAGES") if told is None else told, *rooms, _UNKNOWN)


def host_bytes() -> int:
    """What is built in, or what a container may take."""
    return min(_system("SC_PHYS_PAGES"), *(most for most, _ in _groups()), _UNKNOWN)


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


def _groups() -> list[tuple[int, int]]:
    """The limit of each group that has one, and what of it cannot be given back."""
    found = []
    for most, used, parts, kept in _FILES:
        try:
            limit, use = ((_GROUPS / one).read_text().strip() for one in (most, used))
            told = dict(line.split() for line in (_GROUPS / parts).read_text().splitlines())
        except (OSError, ValueError):
            continue
        if limit.isdecimal() and use.isdecimal():
            found.append((int(limit), int(use) - int(told.get(kept, "0"))))
    return found
