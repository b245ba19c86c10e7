"""Threads that start together, each over a database connection of its own."""

from collections.abc import Callable
from threading import Barrier, Thread

from django.db import connection


def at_the_same_time(count: int, work: Callable[[int], str]) -> list[str]:
    """What `count` threads that start together each return."""
    start, outcomes = Barrier(count), []

    def run(number: int) -> None:
        try:
            start.wait(60)
            outcomes.append(work(number))
        except Exception as error:  # noqa: BLE001  The test compares it.
            outcomes.append(repr(error))
        finally:
            connection.close()

    threads = [Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return outcomes
