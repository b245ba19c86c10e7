"""READ: what a run behind a submission sent: hashes, or the prompts of a public release."""

from collections.abc import Iterator
from itertools import chain
from typing import Final

import orjson
from django.http import StreamingHttpResponse

from scoring import PROMPTING
from submissions.models import Answer, HostedRun, Submission
from submissions.prompt_sets import UnknownPromptSet, find_prompt_set
from submissions.questions import NoContexts, read_rows
from submissions.run_progress import how_it_was_run

JSON_LINES: Final = "application/x-ndjson"


class NoPrompts(Exception):
    """There are none of this submission, or none that the reader may have; says why."""


def prompts_response(submission: Submission, *, with_texts: bool) -> StreamingHttpResponse:
    """JSON lines, one an example: hash and lengths in tokens; or the prompt, before it was cut.

    Raises:
        NoPrompts: if it was not run here, its release is not public, or its contexts are gone.
    """
    how = how_it_was_run(submission)
    if how is None:
        raise NoPrompts("it was not run here")
    if with_texts and not how["are_prompts_public"]:
        raise NoPrompts("the prompts of this release are not public")
    try:
        lines = _prompt_lines(how["run"]) if with_texts else _hash_lines(how["run"])
        # What is not there is found out with the first line, before anything is sent.
        first = next(lines, b"")
    except (NoContexts, UnknownPromptSet) as error:
        raise NoPrompts(str(error)) from error
    name = f"{submission.public_id}-{'prompts' if with_texts else 'prompt-hashes'}.jsonl"
    return StreamingHttpResponse(
        chain([first], lines),
        content_type=JSON_LINES,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
        },
    )


def _hash_lines(found: HostedRun) -> Iterator[bytes]:
    rows = Answer.objects.filter(run=found).order_by("task", "position")
    columns = ("task", "position", "prompt_sha256", "whole_tokens", "kept_tokens", "state")
    for row in rows.values(*columns).iterator():
        yield orjson.dumps(row) + b"\n"


def _prompt_lines(found: HostedRun) -> Iterator[bytes]:
    """Each prompt as the set renders it, whole: before anything was cut."""
    prompt_set = find_prompt_set(found.release.suite, found.prompt_set)
    read_fields = PROMPTING[found.release.suite].read_fields
    for task in found.tasks:
        for example, row in read_rows(found.release, task):
            prompt = prompt_set.render(task, row, read_fields)
            line = {
                "task": task,
                "position": example.position,
                "system": prompt.system,
                "user": prompt.text,
                "max_new_tokens": prompt.max_new_tokens,
                "stop": list(prompt.stop),
                "prompt_sha256": prompt.sha256,
            }
            yield orjson.dumps(line) + b"\n"
