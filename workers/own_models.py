"""Runs of models that we run ourselves: the files, the devices, the runner, the record."""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils import timezone

from scoring.prompts import PromptSet
from submissions import runs, shards
from submissions.limits import ANSWER_CHARS, MIB
from submissions.models import HostedRun, HubModel
from submissions.repositories import local_commit, local_folder
from workers.generate import Work
from workers.machine import Busy, this_machine
from workers.runners.transformers_local.messages import LocalConfig
from workers.runners.transformers_local.runner import LocalModel
from workers.tokenizers import find_tokenizer

logger = logging.getLogger(__name__)

# Well before the broker would give the message to somebody else.
_LONGEST_SECONDS: Final = 3000.0
_REST_SECONDS: Final = 2.0


class WeightsMissing(Exception):
    """A model's files are not as they were registered; the message is for the run's owner."""


def work_with_own_model(
    run: HostedRun,
    model: HubModel,
    prompts: PromptSet,
    *,
    worker: str,
    is_stopping: Callable[[], bool],
) -> None:
    """Answer a run's shards with a model on this worker's devices.

    Raises:
        WeightsMissing: if a local folder is not there, or was changed since.
        workers.machine.NoMachine: if this worker cannot run models at all.
        workers.tokenizers.NoTokenizer: if its tokenizer cannot be had.
        workers.runners.hub.HubAway: if the Hub gives no answer just now.
    """
    now = timezone.now()
    if not runs.has_work(run, now=now):
        return
    if shards.is_for_others(run, worker=worker, now=now):
        logger.info("run %s: what failed here is left to another worker", run.public_id)
        # It is announced again at once; without a rest, this thread would do nothing else.
        time.sleep(_REST_SECONDS)
        return
    tokenizer = find_tokenizer(model.tokenizer)
    config = config_of(model)
    log = settings.STATE_DIR / "gpu-worker.log"
    try:
        with this_machine().borrow(config, needed_bytes=model.needed_bytes, log=log) as runner:
            over = _Over(run, runner, worker=worker, is_stopping=is_stopping)
            Work(
                run,
                runner,
                prompts=prompts,
                tokenizer=tokenizer,
                context_tokens=model.context_tokens,
                is_chat=model.is_chat,
                worker=worker,
                is_leader_first=False,
            ).work(is_over=over)
            over.end()
    except Busy as busy:
        logger.info("run %s waits for devices: %s", run.public_id, busy)
        # It is announced again at once; without a rest, this thread would do nothing else.
        time.sleep(_REST_SECONDS)


class _Over:
    """Says when this worker's part is over, and notes what answers once the model is loaded."""

    def __init__(
        self, run: HostedRun, runner: LocalModel, *, worker: str, is_stopping: Callable[[], bool]
    ) -> None:
        self._run, self._runner, self._worker = run, runner, worker
        self._is_stopping = is_stopping
        self._began = time.monotonic()
        self._noted = False

    def __call__(self) -> bool:
        if self._runner.is_ready and not self._noted:
            self._note()
        if not self._is_due():
            return False
        # What is not begun goes to whoever comes next; what is being computed ends.
        self._runner.drain()
        return True

    def _is_due(self) -> bool:
        if self._is_stopping():
            return True
        worked = time.monotonic() - self._began
        return worked > _LONGEST_SECONDS or (
            worked > settings.RUN_SLICE_SECONDS and runs.others_wait(self._run, now=timezone.now())
        )

    def _note(self) -> None:
        told = dict(self._runner.describe())
        shared = {"runner": told.pop("runner"), "answering": "worker"}
        runs.describe_run(self._run, shared)
        runs.add_machine(self._run, self._worker, told)
        runs.end_waiting(self._run)
        self._noted = True

    def end(self) -> None:
        """Note the last state, and drop what a cancelled run left in the child."""
        if self._runner.is_ready:
            self._note()
        if not self._runner.is_idle:
            self._runner.close()


def config_of(model: HubModel) -> LocalConfig:
    """How a registered model is run here.

    Raises:
        WeightsMissing: if a local folder is not there, or was changed since it was registered.
    """
    config = LocalConfig(
        folder="",
        is_chat=model.is_chat,
        context_tokens=model.context_tokens,
        chunk_tokens=settings.GPU_CHUNK_TOKENS,
        at_once=settings.GPU_AT_ONCE,
        answer_chars=ANSWER_CHARS,
        threads=settings.CPU_THREADS,
        memory_bytes=settings.CPU_MEMORY_MIB * MIB,
        hub_url=settings.HUB_URL or "",
        idle_seconds=settings.GPU_IDLE_SECONDS,
    )
    if not model.is_local:
        folder = settings.WEIGHTS_DIR / model.tokenizer.replace("/", "--")
        return replace(config, folder=str(folder), repository=model.repository, commit=model.commit)
    found = local_folder(model.repository)
    if found is None:
        raise WeightsMissing(f"{model.repository} is not in this worker's MODELS_DIR")
    _refuse_changed(found, model)
    return replace(config, folder=str(found))


def _refuse_changed(folder: Path, model: HubModel) -> None:
    if local_commit(folder) != model.commit:
        raise WeightsMissing(
            f"The files of {model.repository} on this worker are not those that were registered"
        )
