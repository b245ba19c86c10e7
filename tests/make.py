"""Plain functions that make what a test needs: releases, uploads, people."""

import io
import json
import random
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from accounts.models import User
from scoring import SUITES
from submissions.entries import ModelFacts
from submissions.models import Release, Submission
from submissions.receive import UploadOptions, receive_upload
from submissions.releases import NewExample, NewItemSet, NewRelease, store_release

SUITE = SUITES["infinitebench"]
PASSWORD = "correct horse battery"
NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
_WORDS = [
    "river",
    "lantern",
    "orchard",
    "copper",
    "winter",
    "ledger",
    "harbor",
    "violin",
    "meadow",
    "thunder",
]


def answer_of(task: str, seed: int) -> Any:
    """An answer of a task's type, another one for each seed."""
    random_ = random.Random(f"{task}{seed}")
    words = " ".join(random_.choices(_WORDS, k=5))
    match task:
        case "passkey" | "number_string":
            return str(random_.randrange(10_000, 99_999))
        case "kv_retrieval":
            return f"{random_.getrandbits(64):016x}"
        case "code_run" | "math_find":
            return random_.randrange(1, 99)
        case "math_calc":
            return [random_.randrange(0, 99) for _ in range(20)]
        case "code_debug" | "longbook_choice_eng":
            return [words.replace(" ", "_"), random_.choice("ABCD")]
        case "longbook_sum_eng":
            return [" ".join(random_.choices(_WORDS, k=200))]
        case "longdialogue_qa_eng":
            return [random_.choice(_WORDS).upper()]
        case _:
            return [words]


def right_prediction(task: str, answer: Any) -> str:
    """A prediction that every scorer takes for right."""
    match task:
        case "code_debug":
            return f"{answer[1]}. {answer[0]}"
        case "longbook_choice_eng":
            return str(answer[1])
        case "math_calc":
            return ", ".join(map(str, answer))
        case _:
            return str(answer[0] if isinstance(answer, list) else answer)


def answers(tasks: Sequence[str] = SUITE.slugs, n: int = 3) -> dict[str, list[Any]]:
    """n answers a task."""
    return {task: [answer_of(task, seed) for seed in range(n)] for task in tasks}


def write_labels(folder: Path, n: int = 3) -> None:
    """A folder that `import_release --labels-only` reads."""
    folder.mkdir(parents=True, exist_ok=True)
    for task, labels in answers(n=n).items():
        rows = [json.dumps({"id": i, "answer": label}) for i, label in enumerate(labels)]
        (folder / f"{task}.jsonl").write_text("\n".join(rows))


def release(name: str = "test", *, n: int = 3, board: str = "infinitebench") -> Release:
    """A stored release of all twelve tasks."""
    tasks = {
        task: NewItemSet(tuple(NewExample(str(i), label) for i, label in enumerate(labels)))
        for task, labels in answers(n=n).items()
    }
    new = NewRelease(name=name, title=name, suite=SUITE.slug, board=board)
    return store_release(new, tasks, now=NOW)[0]


def user(email: str = "builder@example.org", **fields: Any) -> User:
    """A stored user whose password is "correct horse battery"."""
    return User.objects.create_user(email, PASSWORD, **fields)


def jsonl(rows: Sequence[Mapping[str, Any]], *, as_is: bool = False) -> bytes:
    """Rows as the bytes of a JSONL file; `as_is` leaves characters beyond ASCII unescaped."""
    return "".join(json.dumps(row, ensure_ascii=not as_is) + "\n" for row in rows).encode()


def files(
    tasks: Sequence[str] = SUITE.slugs, *, n: int = 3, right: int | None = None
) -> list[tuple[str, io.BytesIO]]:
    """Prediction files of which the first `right` (default: all) answers of a task are right."""
    named = []
    for task, labels in answers(tasks, n).items():
        rows = [
            {
                "id": i,
                "prediction": right_prediction(task, label)
                if right is None or i < right
                else "qqq",
            }
            for i, label in enumerate(labels)
        ]
        named.append((f"preds_{task}.jsonl", io.BytesIO(jsonl(rows))))
    return named


def zipped(named: Sequence[tuple[str, io.BytesIO]]) -> bytes:
    """The files as one zip archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, stream in named:
            archive.writestr(name, stream.getvalue())
    return buffer.getvalue()


def submission(
    *,
    submitter: User | None = None,
    model: str = "Test Model",
    tasks: Sequence[str] = SUITE.slugs,
    right: int | None = None,
    now: datetime = NOW,
    **options: Any,
) -> Submission:
    """A stored submission whose evaluation is queued; needs a release."""
    return receive_upload(
        files(tasks, right=right),
        model=ModelFacts(name=model),
        submitter=submitter or User.objects.first() or user(),
        options=UploadOptions(suite=SUITE.slug, **options),
        now=now,
    )
