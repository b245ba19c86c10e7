"""Makes uploads, releases and hostile archives for the intake's tests."""

import gzip
import hashlib
import io
import json
import struct
import tarfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from submissions.intake import (
    ItemSetKey,
    Limits,
    ParsedUpload,
    Problem,
    ReleaseKey,
    TaskRows,
    Unreadable,
    parse_upload,
)

PASSKEY = "preds_passkey.jsonl"


class LittleSuite:
    """A suite of a few tasks with a plain stand-in for the real fingerprint."""

    slugs: Sequence[str] = ("passkey", "kv_retrieval", "longbook_qa_eng")

    def answer_fingerprint(self, _task: str, raw: object, /) -> bytes | None:
        while isinstance(raw, list) and len(raw) == 1:
            raw = raw[0]
        if isinstance(raw, float) and raw.is_integer():
            raw = int(raw)
        text = json.dumps(raw if isinstance(raw, list) else str(raw), ensure_ascii=True)
        return hashlib.blake2b(text.encode(), digest_size=16).digest()


LITTLE = LittleSuite()


def fingerprint(answer: object) -> bytes:
    digest = LITTLE.answer_fingerprint("passkey", answer)
    assert digest is not None
    return digest


def lines(*rows: object) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def row(item_id: object = 0, prediction: object = "yes", **more: object) -> dict[str, object]:
    return {"id": item_id, "prediction": prediction, **more}


def parse(*files: tuple[str, bytes], **options: Any) -> ParsedUpload:
    uploads = [(name, io.BytesIO(data)) for name, data in files]
    return parse_upload(uploads, suite=options.pop("suite", LITTLE), spool=io.BytesIO(), **options)


def problems_of(*files: tuple[str, bytes], **options: Any) -> tuple[Problem, ...]:
    try:
        parse(*files, **options)
    except Unreadable as refused:
        return refused.problems
    return ()


def codes_of(*files: tuple[str, bytes], **options: Any) -> list[str]:
    return [problem.code for problem in problems_of(*files, **options)]


def predictions(parsed: ParsedUpload, task: str = "passkey") -> list[str]:
    rows = parsed.tasks[task]
    return [rows.prediction(index) for index in range(len(rows))]


def small(**limits: int) -> Limits:
    return Limits(**limits)


def zipped(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def tarred(
    members: Iterable[tuple[str, bytes]], mode: str = "w:gz", form: int = tarfile.PAX_FORMAT
) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode, format=form) as archive:  # type: ignore[call-overload]
        for name, data in members:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def tar_of(kind: bytes, name: str = "preds_passkey.jsonl", link: str = "/etc/passwd") -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        info = tarfile.TarInfo(name)
        info.type, info.linkname = kind, link
        archive.addfile(info)
    return buffer.getvalue()


def gz(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


def million_member_zip(count: int = 1_000_000) -> bytes:
    """A directory of `count` entries that all point at one empty file."""
    local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 0, 0, 0, 0, 0, 0, 0, 1, 0) + b"a"
    fixed = (b"PK\1\2", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0)
    directory = (struct.pack("<4s6H3L5H2L", *fixed) + b"a") * count
    shown = min(count, 0xFFFF)
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, shown, shown, len(directory), len(local), 0)
    return local + directory + end


def task_rows(
    ids: Sequence[int | str | None], answers: Sequence[object] = (), task: str = "passkey"
) -> TaskRows:
    prints = [None if answer is None else fingerprint(answer) for answer in answers]
    return TaskRows(
        task,
        f"preds_{task}.jsonl",
        ids=list(ids),
        lines=list(range(1, len(ids) + 1)),
        fingerprints=list(prints) or [None] * len(ids),
    )


def upload(*tasks: TaskRows) -> ParsedUpload:
    return ParsedUpload({rows.task: rows for rows in tasks}, (), 0)


def item_set(
    source_ids: Sequence[int | str | None], answers: Sequence[object] = (), task: str = "passkey"
) -> ItemSetKey:
    answers = answers or [f"answer {position}" for position in range(len(source_ids))]
    return ItemSetKey(task, "0" * 64, source_ids, [fingerprint(answer) for answer in answers])


def release(*sets: ItemSetKey, name: str = "hub") -> ReleaseKey:
    return ReleaseKey(name, {items.task: items for items in sets})
