"""The finder, from generated examples through the runner of local models to scores.

    python -m benchmarks.finder [--lengths 4096,16384] [--per-task 10] [--device cpu]

Writes examples of fresh releases, asks the model in a child process as a worker does, and scores
what it said as a submission is scored.  The first length has all twelve tasks, the others the three
of retrieval.  Prints JSON: accuracy by task and length, seconds, tokens read a second.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer

from scoring.evaluate import evaluate_task
from scoring.examples_file import Edition, write_task
from scoring.suites import SUITES
from scoring.suites.infinitebench.prompts import PORTAL_BASE_1, read_fields
from scoring.truncation import MIDDLE, Fitted, fit
from workers.runners.base import Completion, RunnerError, Wait
from workers.runners.transformers_local.messages import LocalConfig
from workers.runners.transformers_local.runner import LocalModel

FINDER = Path(__file__).resolve().parent.parent / "tests" / "models" / "finder" / "weights"
SUITE = SUITES["infinitebench"]
RETRIEVAL = ("passkey", "number_string", "kv_retrieval")
SCORER = "portal-1"
SEED = 20_261_124


class FolderTokenizer:
    """The tokenizer of a folder, as `scoring.truncation` counts with it."""

    def __init__(self, folder: Path) -> None:
        self._file = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.name = folder.name

    def encode(self, text: str) -> list[int]:
        """Token ids."""
        return list(self._file.encode(text, add_special_tokens=False).ids)

    def decode(self, tokens: Sequence[Any]) -> str:
        """The text of token ids."""
        return str(self._file.decode(tokens, skip_special_tokens=False))


def rows_of(task: str, tokens: int, examples: int) -> list[dict[str, Any]]:
    """A generated task of a release, read back from its file."""
    with tempfile.TemporaryDirectory() as folder:
        edition = Edition(SEED, tokens, examples, "finder")
        written = write_task(Path(folder), SUITE, task, edition, run_trials=False)
        return [json.loads(line) for line in written.path.read_text("utf-8").splitlines()]


def ask(runner: LocalModel, prompts: list[Fitted]) -> Iterator[Completion | RunnerError]:
    """The completion of each prompt, in order; as many at once as the runner takes."""
    futures: list[Future[Completion]] = []
    for prompt in prompts:
        while isinstance(started := runner.start(prompt), Wait):
            time.sleep(0.005)
        futures.append(started)
    for future in futures:
        error = future.exception()
        if error is not None and not isinstance(error, RunnerError):
            raise error
        yield error or future.result()


def measure(
    runner: LocalModel, tokens: int, options: argparse.Namespace
) -> Iterator[dict[str, Any]]:
    """Every task of one length: asked, answered, scored."""
    tokenizer = FolderTokenizer(options.folder)
    scorer = next(each for each in SUITE.scorers if each.name == SCORER)
    for task in SUITE.slugs if tokens == options.lengths[0] else RETRIEVAL:
        examples = options.per_task if task in RETRIEVAL else options.others
        rows = rows_of(task, tokens, examples)
        prompts = [
            fit(PORTAL_BASE_1.render(task, row, read_fields), tokenizer,
                context_tokens=options.context, policy=MIDDLE, is_chat=False)
            for row in rows
        ]  # fmt: skip
        most = options.most_new_tokens
        prompts = [replace(each, max_new_tokens=min(each.max_new_tokens, most)) for each in prompts]
        began = time.monotonic()
        said = list(ask(runner, prompts))
        seconds = time.monotonic() - began
        answered = [each for each in said if isinstance(each, Completion)]
        answers = [SUITE.canonical_answer(task, row["answer"], row["options"]) for row in rows]
        score = evaluate_task(
            task,
            predictions=[each.text if isinstance(each, Completion) else None for each in said],
            answers=answers,
            scorers=[scorer],
        )[SCORER]
        read = sum(each.tokens_in - each.reused_tokens for each in answered)
        busy = sum(each.details["prefill_seconds"] for each in answered)
        yield {
            "tokens": tokens,
            "task": task,
            "examples": len(rows),
            "answered": len(answered),
            "score": round(score.mean, 4),
            "tokens_in": sum(each.tokens_in for each in answered),
            "reused": sum(each.reused_tokens for each in answered),
            "removed": sum(each.removed_tokens for each in prompts),
            "tokens_out": sum(each.tokens_out for each in answered),
            "seconds": round(seconds, 2),
            "read_a_second": round(read / busy) if busy else 0,
            "peak_bytes": max((each.details["peak_bytes"] for each in answered), default=0),
            "troubles": sorted(
                {each.reason[:200] for each in said if isinstance(each, RunnerError)}
            ),
            "said": said[0].text[:60] if isinstance(said[0], Completion) else "",
        }


def main() -> None:
    """Run all lengths through one child process."""
    parser = argparse.ArgumentParser(description="The finder through the runner.")
    parser.add_argument("--folder", type=Path, default=FINDER)
    parser.add_argument("--device", default="0")
    parser.add_argument("--lengths", default="4096,16384,65536,131072")
    parser.add_argument("--per-task", type=int, default=10)
    parser.add_argument("--others", type=int, default=2, help="examples of the nine other tasks")
    parser.add_argument("--context", type=int, default=200_000)
    parser.add_argument("--most-new-tokens", type=int, default=30_000)
    options = parser.parse_args()
    options.lengths = [int(each) for each in options.lengths.split(",")]
    config = LocalConfig(
        folder=str(options.folder), is_chat=False, context_tokens=options.context,
        devices=(options.device,), threads=1 if options.device == "cpu" else 0,
    )  # fmt: skip
    runner = LocalModel(config, log=Path(tempfile.gettempdir()) / "finder-child.log")
    rows = []
    for tokens in options.lengths:
        for row in measure(runner, tokens, options):
            rows.append(row)
            print(json.dumps(row, ensure_ascii=False), file=sys.stderr, flush=True)
    print(json.dumps({"runner": dict(runner.describe()), "rows": rows}, indent=1))
    runner.close()


if __name__ == "__main__":
    main()
