"""The process in which predictions are scored: it holds no secret and may use only so much.

    python -m workers.scorer_child MEMORY_BYTES

Takes one task after another on its standard input and answers on its output (`scorer_wire`).
"""

import resource
import signal
import sys
from typing import Final

from scoring import SUITES
from scoring.evaluate import evaluate_task
from workers.scorer_wire import Answered, Asked, read, write

# A child whose worker died goes on with its task, but not for long.
SPARE_CPU_SECONDS: Final = 5


def _answer(asked: Asked) -> Answered:
    try:
        scores = evaluate_task(
            asked.task,
            predictions=asked.predictions,
            answers=asked.answers,
            scorers=SUITES[asked.suite].scorers,
            drop_first_number=asked.drop_first_number,
        )
    except MemoryError:
        return Answered(is_out_of_memory=True)
    except Exception as error:  # noqa: BLE001  The worker raises it again.
        return Answered(error=f"{type(error).__name__}: {error}")
    return Answered(scores)


def _limit_cpu(seconds: float) -> None:
    """From here on, so much more; the kernel ends this process then."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    most = int(used.ru_utime + used.ru_stime + seconds + SPARE_CPU_SECONDS)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (most, hard))


def main() -> None:
    """Score until the worker is gone."""
    # Ctrl-C reaches the whole group: the worker decides what becomes of its work.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    memory_bytes = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    while True:
        try:
            asked = read(sys.stdin.buffer)
        except EOFError:
            return
        except MemoryError:
            answered = Answered(is_out_of_memory=True)
        else:
            _limit_cpu(asked.cpu_seconds)
            answered = _answer(asked)
            del asked
        write(sys.stdout.buffer, answered)
        if answered.is_out_of_memory:
            # Where so much was asked for, what is left over is in pieces.
            return


if __name__ == "__main__":
    main()
