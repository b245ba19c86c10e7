"""What the intake refuses, and that each refusal names file, line, finding and remedy."""

import pytest

from submissions.intake import Unreadable
from tests.intake.make import (
    PASSKEY,
    codes_of,
    gz,
    lines,
    parse,
    problems_of,
    row,
    small,
    tarred,
    zipped,
)

GOOD = lines(row(0))

ROW_CASES = [
    ("broken-json", b'{"id": 1, "prediction": "a"'),
    ("broken-json", b"{'id': 1, 'prediction': 'a'}"),
    ("broken-json", b'{"id": 1, "prediction": "tab\there"}'),
    ("broken-json", b"plain words"),
    ("text-after-object", b'{"id": 1, "prediction": "a"},'),
    ("text-after-object", b'{"id": 1, "prediction": "a"}{"id": 2, "prediction": "a"}'),
    ("not-an-object", b'["a"]'),
    ("not-an-object", b"null"),
    ("missing-prediction", b'{"id": 1, "output": "a"}'),
    ("missing-prediction", b"{}"),
    ("prediction-not-text", b'{"id": 1, "prediction": null}'),
    ("prediction-not-text", b'{"id": 1, "prediction": 5}'),
    ("prediction-not-text", b'{"id": 1, "prediction": ["a"]}'),
    ("prediction-not-text", b'{"id": 1, "prediction": {"text": "a"}}'),
    ("lone-surrogate", b'{"id": 1, "prediction": "a\\ud800b"}'),
    ("bad-id", b'{"id": [1], "prediction": "a"}'),
    ("bad-id", b'{"id": {"a": 1}, "prediction": "a"}'),
    ("bad-id", b'{"id": true, "prediction": "a"}'),
    ("bad-id", b'{"id": 3.0, "prediction": "a"}'),
    ("bad-id", b'{"id": "", "prediction": "a"}'),
    ("bad-id", b'{"id": "a\\u0000", "prediction": "a"}'),
    ("bad-id", b'{"id": "' + b"x" * 65 + b'", "prediction": "a"}'),
    ("bad-id", b'{"id": 123456789012345678901, "prediction": "a"}'),
    ("unknown-task", b'{"id": 1, "prediction": "a", "task": "passkye"}'),
    ("unknown-task", b'{"id": 1, "prediction": "a", "task": ["passkey"]}'),
    ("task-conflict", b'{"id": 1, "prediction": "a", "task": "kv_retrieval"}'),
    ("nan-literal", b'{"id": 1, "prediction": "a", "score": NaN}'),
    ("nan-literal", b'{"id": 1, "prediction": "a", "score": -Infinity}'),
    ("too-deep", b'{"id": 1, "prediction": "a", "x": ' + b"[" * 200_000),
    ("huge-number", b'{"id": 1, "prediction": "a", "x": ' + b"9" * 5_000 + b"}"),
    ("not-utf8", b'{"id": 1, "prediction": "caf\xe9"}'),
    ("nul-bytes", b'{"id": 1, "prediction": "a\0"}'),
    ("duplicate-id", b'{"id": 0, "prediction": "a"}'),
    ("duplicate-id", b'{"id": "0", "prediction": "a"}'),
    ("mixed-ids", b'{"prediction": "a"}'),
]


@pytest.mark.parametrize(("code", "line"), ROW_CASES)
def test_a_bad_row_is_named_with_its_line(code: str, line: bytes) -> None:
    [problem] = problems_of((PASSKEY, GOOD + b"\n" + line + b"\n"))

    assert (problem.code, problem.file, problem.line) == (code, PASSKEY, 3)
    assert problem.found
    assert problem.expected
    assert problem.fix
    assert problem.found.isprintable()
    assert len(problem.found) <= 120


FILE_CASES = [
    ("empty-upload", []),
    ("empty-upload", [("a.zip", zipped({}))]),
    ("empty-upload", [("a.zip", zipped({"README.md": b"hi"}))]),
    ("empty-file", [(PASSKEY, b"")]),
    ("empty-file", [(PASSKEY, b" \n\n")]),
    ("empty-file", [("a.zip", zipped({PASSKEY: b""}))]),
    ("misnamed-file", [(PASSKEY, zipped({PASSKEY: GOOD}))]),
    ("misnamed-file", [(PASSKEY, gz(GOOD))]),
    ("misnamed-file", [("a.zip", GOOD)]),
    ("misnamed-file", [("a.tar.gz", gz(GOOD))]),
    ("misnamed-file", [("a.zip", zipped({PASSKEY: gz(GOOD)}))]),
    ("unsupported-format", [("a.7z", b"7z\xbc\xaf\x27\x1c" + b"1" * 600)]),
    ("nested-archive", [("a.zip", zipped({"b.zip": zipped({PASSKEY: GOOD})}))]),
    ("nested-archive", [("a.zip", zipped({PASSKEY: zipped({PASSKEY: GOOD})}))]),
    ("nested-archive", [("a.tgz", tarred([(PASSKEY + ".gz", tarred([(PASSKEY, GOOD)]))]))]),
    ("nested-archive", [("a.gz", gz(gz(GOOD)))]),
    ("name-collision", [("a.jsonl", GOOD), ("A.jsonl", GOOD)]),
    ("name-collision", [("a.tgz", tarred([(PASSKEY, GOOD), (PASSKEY.upper(), GOOD)]))]),
    ("bad-name", [("a" * 300 + ".jsonl", GOOD)]),
    ("bad-name", [("a\n" + PASSKEY, GOOD)]),
    ("bad-name", [("a\u202e" + PASSKEY, GOOD)]),
    ("unsafe-path", [("a.zip", zipped({"../" + PASSKEY: GOOD}))]),
    ("unsafe-path", [("a.zip", zipped({"a\\" + PASSKEY: GOOD}))]),
    ("unsafe-path", [("a.zip", zipped({"/" + PASSKEY: GOOD}))]),
    ("unsafe-path", [("a.tgz", tarred([("C:" + PASSKEY, GOOD)]))]),
    ("byte-order-mark", [(PASSKEY, b"\xef\xbb\xbf" + GOOD)]),
    ("utf-16", [(PASSKEY, GOOD.decode().encode("utf-16"))]),
    ("utf-16", [(PASSKEY, GOOD.decode().encode("utf-16-le"))]),
    ("not-json-lines", [(PASSKEY, b'[\n{"id": 1}\n]')]),
    ("no-task", [("kimi.jsonl", GOOD * 3)]),
    ("unknown-task", [("preds_paskey.jsonl", GOOD * 3)]),
    ("duplicate-task", [(PASSKEY, GOOD), ("passkey.jsonl", GOOD * 2)]),
]


@pytest.mark.parametrize(("code", "files"), FILE_CASES)
def test_a_bad_file_is_refused_once(code: str, files: list[tuple[str, bytes]]) -> None:
    assert [c for c in codes_of(*files) if c != "no-task" or code == "no-task"] == [code]


LIMIT_CASES = [
    ("line-too-long", {"line_bytes": 100}, (PASSKEY, lines(row(0, "a" * 100)))),
    ("too-many-rows", {"rows": 2}, (PASSKEY, b"\n" + GOOD + b"\n")),
    ("too-many-files", {"members": 2}, ("a.zip", zipped({PASSKEY: GOOD, "b/": b""}))),
    ("too-large", {"compressed_bytes": 10}, (PASSKEY, GOOD)),
    ("too-large-unpacked", {"unpacked_bytes": 10}, (PASSKEY + ".gz", gz(GOOD))),
    ("too-compressed", {"ratio_floor_bytes": 10_000}, ("a.zip", zipped({PASSKEY: b" " * 99_999}))),
    ("too-many-parts", {"gzip_parts": 2}, (PASSKEY + ".gz", gz(GOOD) * 3)),
]


@pytest.mark.parametrize(("code", "limit", "file"), LIMIT_CASES)
def test_what_passes_a_limit_is_refused(
    code: str, limit: dict[str, int], file: tuple[str, bytes]
) -> None:
    assert codes_of(file, limits=small(**limit)) == [code]


def test_every_problem_of_every_file_is_told_at_once() -> None:
    archive = zipped({"kimi/" + PASSKEY: b"{\n" + b"[]\n" + GOOD, "preds_kv_retrieval.jsonl": b"x"})

    found = problems_of(("kimi.zip", archive), ("longbook_qa_eng.jsonl", lines(row(0, None))))

    assert [(problem.file, problem.code) for problem in found] == [
        ("kimi.zip › kimi/preds_passkey.jsonl", "not-json-lines"),
        ("kimi.zip › preds_kv_retrieval.jsonl", "broken-json"),
        ("longbook_qa_eng.jsonl", "prediction-not-text"),
    ]


def test_one_row_can_have_several_problems() -> None:
    assert codes_of(("a.jsonl", b'{"id": 1.5}\n')) == ["no-task", "bad-id", "missing-prediction"]


def test_a_refusal_lists_some_problems_and_counts_all() -> None:
    with pytest.raises(Unreadable) as refused:
        parse((PASSKEY, b"x\n" * 300))

    assert (len(refused.value.problems), refused.value.total) == (200, 300)


@pytest.mark.parametrize(
    ("line", "advice"),
    [
        (b'{"id": 1, "output": "a"}', 'Rename the key "output" to "prediction".'),
        (b'{"id": 1, "predicton": "a"}', 'Rename the key "predicton" to "prediction".'),
        (b'{"id": 1, "prediction": null}', 'Write "" where the model gave no answer.'),
        (b'{"id": 1, "prediction": "a", "task": "passkye"}', 'Did you mean "passkey"?'),
        (b'{"id": 1.0, "prediction": "a"}', "Write it without a point, in at most 18 digits."),
    ],
)
def test_the_fix_names_what_is_probably_meant(line: bytes, advice: str) -> None:
    [problem] = problems_of((PASSKEY, GOOD + line))

    assert problem.fix == advice


def test_a_problem_is_friendly_to_json() -> None:
    [problem] = problems_of((PASSKEY, b"x\n"))

    assert problem.as_dict() == {
        "code": "broken-json",
        "file": PASSKEY,
        "line": 1,
        "found": 'Expecting value at column 1, near "x"',
        "expected": "one whole JSON object",
        "fix": "Write the line with a JSON library.",
        "severity": "error",
    }
