"""The devices of this worker: what they are, which are free, and which model each holds loaded.

A model that was just asked stays loaded while others wait for nothing: loading one of 8 billion
parameters takes longer than answering a few questions.
"""

import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from workers.runners.transformers_local.messages import LocalConfig
from workers.runners.transformers_local.runner import LocalModel

logger = logging.getLogger(__name__)

_PROBE_SECONDS: Final = 300.0
_HOME: Final = Path(__file__).resolve().parent.parent
# What each card after the first takes for itself: its reserve, and what reading needs there.
_FURTHER_CARD_BYTES: Final = 8 << 30


class NoMachine(Exception):
    """This worker cannot run models; the message says what is missing."""


class Busy(Exception):
    """Too few devices are free just now."""


@dataclass(slots=True)
class Device:
    """A card, or the processor."""

    name: str
    label: str
    """As CUDA_VISIBLE_DEVICES has it, or "cpu"."""
    memory_bytes: int
    free_bytes: int
    is_busy: bool = False
    loaded: LocalModel | None = field(default=None, repr=False)


class Machine:
    """All devices of this worker; safe for its threads."""

    def __init__(self, told: dict[str, Any]) -> None:
        """Take what the probe said."""
        self.kind: str = told["kind"]
        self.told = told
        labels = _labels(len(told["devices"])) if self.kind == "cuda" else ["cpu"]
        self.devices = [
            Device(one["name"], label, one["memory_bytes"], one["free_bytes"])
            for label, one in zip(labels, told["devices"], strict=True)
        ]
        self._lock = threading.Lock()

    @property
    def memory_bytes(self) -> int:
        """Of all devices, counted in bf16; the processor computes in float32, twice as large."""
        whole = sum(device.memory_bytes for device in self.devices)
        return whole if self.kind == "cuda" else whole // 2

    def announced(self) -> dict[str, Any]:
        """What the queue's page shows."""
        return {
            "kind": self.kind,
            "memory_bytes": self.memory_bytes,
            "devices": [
                {
                    "name": one.name,
                    "memory_bytes": one.memory_bytes,
                    "free_bytes": self._free_bytes(one),
                    "is_busy": one.is_busy,
                }
                for one in self.devices
            ],
            **{name: self.told.get(name) for name in ("libraries", "cuda", "python")},
        }

    def _free_bytes(self, device: Device) -> int:
        loaded = device.loaded
        told = loaded.free_bytes if loaded is not None and loaded.is_usable else None
        return device.free_bytes if told is None else told

    @contextmanager
    def borrow(self, config: LocalConfig, *, needed_bytes: int, log: Path) -> Iterator[LocalModel]:
        """A model on devices of its own, loaded already where that can be.

        Raises:
            Busy: if too few devices are free just now.
        """
        taken = self._take(config, needed_bytes)
        try:
            yield self._loaded(taken, config, log)
        finally:
            with self._lock:
                for device in taken:
                    device.is_busy = False

    def _take(self, config: LocalConfig, needed_bytes: int) -> list[Device]:
        with self._lock:
            free = [one for one in self.devices if not one.is_busy]
            # A card that holds this model already goes first, then one that holds none.
            free.sort(key=lambda one: (not _holds(one, config), one.loaded is not None))
            taken: list[Device] = []
            for device in free:
                if taken and (self.kind == "cpu" or _is_enough(taken, needed_bytes)):
                    break
                taken.append(device)
            # With all cards at hand, loading says whether it fits.
            is_all = len(taken) == len(self.devices) and _memory(taken) >= needed_bytes
            is_fit = self.kind == "cpu" or is_all or _is_enough(taken, needed_bytes)
            if not taken or not is_fit:
                raise Busy(f"{len(free)} devices are free")
            for device in taken:
                device.is_busy = True
        return taken

    def _loaded(self, taken: list[Device], config: LocalConfig, log: Path) -> LocalModel:
        kept = taken[0].loaded
        if (
            kept is not None
            and all(one.loaded is kept for one in taken)
            and _holds(taken[0], config)
        ):
            return kept
        self._unload(taken)
        wanted = LocalConfig(
            **{
                **{name: getattr(config, name) for name in config.__dataclass_fields__},
                "devices": tuple(one.label for one in taken),
            }
        )
        loaded = LocalModel(wanted, log=log)
        for device in taken:
            device.loaded = loaded
        return loaded

    def _unload(self, taken: list[Device]) -> None:
        """Close what these devices hold; a model over several frees all of its own."""
        for loaded in {id(one.loaded): one.loaded for one in taken if one.loaded}.values():
            loaded.close()
            for device in self.devices:
                if device.loaded is loaded:
                    device.loaded = None

    def close(self) -> None:
        """End every child."""
        self._unload(self.devices)


def _is_enough(devices: list[Device], needed_bytes: int) -> bool:
    """Whether cards hold a model that needs so much on one."""
    further = max(0, len(devices) - 1) * _FURTHER_CARD_BYTES
    return bool(devices) and _memory(devices) >= needed_bytes + further


def _memory(devices: list[Device]) -> int:
    return sum(one.memory_bytes for one in devices)


def _holds(device: Device, config: LocalConfig) -> bool:
    """Whether a device has the model loaded that is wanted, asked the same way."""
    loaded = device.loaded
    if loaded is None or not loaded.is_usable or not loaded.is_idle:
        return False
    held = {**_fields(loaded.config), "devices": config.devices}
    return held == _fields(config)


def _fields(config: LocalConfig) -> dict[str, Any]:
    return {name: getattr(config, name) for name in config.__dataclass_fields__}


def _labels(count: int) -> list[str]:
    """What the children are told to see: the cards that this process sees itself."""
    seen = os.environ.get("CUDA_VISIBLE_DEVICES", "")
    named = [one.strip() for one in seen.split(",") if one.strip()]
    return named[:count] if len(named) >= count else [str(at) for at in range(count)]


def probe() -> dict[str, Any]:
    """What this machine runs models with.

    Raises:
        NoMachine: if torch and transformers are not installed, or find no device.
    """
    command = [sys.executable, "-m", "workers.runners.transformers_local.probe"]
    try:
        told = subprocess.run(  # noqa: S603  Our own module.
            command, cwd=_HOME, capture_output=True, timeout=_PROBE_SECONDS, check=True
        )
    except (subprocess.SubprocessError, OSError) as error:
        words = getattr(error, "stderr", None) or b""
        last = (words.decode("utf-8", "replace").strip().splitlines() or [str(error)])[-1]
        raise NoMachine(f"{last}; `make gpu-worker` installs what is needed") from error
    found: dict[str, Any] = json.loads(told.stdout)
    return found


_here: list[Machine] = []
_finding: Final = threading.Lock()


def this_machine() -> Machine:
    """The devices of this process, found once.  Raises: NoMachine."""
    with _finding:
        if not _here:
            _here.append(Machine(probe()))
    return _here[0]


def known_machine() -> Machine | None:
    """The devices of this process, if they were looked for."""
    return _here[0] if _here else None


def leave_machine() -> None:
    """End every child of this process."""
    with _finding:
        while _here:
            _here.pop().close()
