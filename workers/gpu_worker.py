"""Makes a Celery worker of the queue `gpu` one that runs models: `celery … worker -Q gpu`.

It looks for the machine's devices, works in a thread a device, and takes from the queues of all
models that its memory holds.
"""

import logging
from typing import Any, Final

from celery.signals import worker_init, worker_shutdown

from submissions.limits import GPU_QUEUES
from workers.machine import NoMachine, leave_machine, this_machine

logger = logging.getLogger(__name__)

GPU_QUEUE: Final = next(iter(GPU_QUEUES))
_GIB: Final = 1 << 30


def queues_for(memory_bytes: int) -> list[str]:
    """The queues of models that so much memory holds; a card has less than it is called."""
    held = [name for name, gib in GPU_QUEUES.items() if gib * _GIB * 0.95 <= memory_bytes]
    # The smallest models may fit even where the largest of their queue do not.
    return held or [GPU_QUEUE]


@worker_init.connect
def become_gpu_worker(sender: Any, **_more: Any) -> None:
    """Set up a worker that was asked to serve the first queue of cards; leave others alone."""
    queues = sender.app.amqp.queues
    if GPU_QUEUE not in queues.consume_from or len(queues.consume_from) > 1:
        return
    try:
        machine = this_machine()
    except NoMachine as error:
        raise SystemExit(f"this machine cannot run models: {error}") from error
    for name in queues_for(machine.memory_bytes):
        queues.select_add(name)
    # Threads share one machine, see that the worker is to stop, and leave computing to children.
    sender.pool_cls = "threads"
    sender.concurrency = len(machine.devices)
    logger.info(
        "runs models on %s: %s",
        ", ".join(one.name for one in machine.devices),
        ", ".join(queues.consume_from),
    )


@worker_shutdown.connect
def leave(**_more: Any) -> None:
    """End the children with the worker."""
    leave_machine()
