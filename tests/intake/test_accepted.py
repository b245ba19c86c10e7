"""What the intake takes: every packing, key and id that the submission guide promises."""

import tarfile

import pytest

from tests.intake.make import (
    PASSKEY,
    fingerprint,
    gz,
    lines,
    parse,
    predictions,
    row,
    tarred,
    zipped,
)

ROWS = lines(row(0, "a"), row(1, "b"))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        (PASSKEY, ROWS),
        ("passkey.jsonl", ROWS),
        ("PREDS_PassKey.JSONL", ROWS),
        (PASSKEY + ".gz", gz(ROWS)),
        (PASSKEY + ".gz", gz(ROWS[:7]) + gz(ROWS[7:]) + b"\0" * 40),
        ("kimi.zip", zipped({PASSKEY: ROWS})),
        ("kimi.zip", zipped({"a/b/" + PASSKEY: ROWS, "a/": b""})),
        ("kimi.zip", zipped({PASSKEY + ".gz": gz(ROWS)})),
        ("kimi.zip", zipped({PASSKEY: ROWS, "__MACOSX/._x": b"\0", "k/.DS_Store": b"\0"})),
        ("upload", zipped({PASSKEY: ROWS})),
        ("kimi.tar.gz", tarred([(PASSKEY, ROWS)])),
        ("kimi.tgz", tarred([("kimi/" + PASSKEY, ROWS), ("._a", b"\0")])),
        ("kimi.tar", tarred([(PASSKEY, ROWS)], "w:")),
        ("kimi.tar", tarred([(PASSKEY + ".gz", gz(ROWS))], "w:")),
        ("all.jsonl", lines(row(0, "a", task="passkey"), row(1, "b", task="passkey"))),
        ("all.gz", gz(lines(row(0, "a", task="passkey"), row(1, "b", task="passkey")))),
        (PASSKEY, lines(row(0, "a", task="passkey"), row(1, "b"))),
        (PASSKEY, lines({"id": 0, "pred": "a"}, {"prediction": "b", "pred": "x", "id": 1})),
        (PASSKEY, ROWS.replace(b"\n", b"\r\n")),
        (PASSKEY, ROWS.replace(b"\n", b"\r")),
        (PASSKEY, b"\n \n" + ROWS.rstrip()),
    ],
)
def test_every_promised_packing_is_read(name: str, data: bytes) -> None:
    parsed = parse((name, data))

    assert parsed.tasks["passkey"].ids == [0, 1]
    assert parsed.warnings == ()
    assert predictions(parsed) == ["a", "b"]


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_long_tar_names_are_read_in_every_tar_format(form: int) -> None:
    name = "/".join(["folder" * 4] * 5) + "/" + PASSKEY

    parsed = parse(("kimi.tar.gz", tarred([(name, ROWS)], form=form)))

    assert parsed.tasks["passkey"].file == f"kimi.tar.gz › {name}"
    assert predictions(parsed) == ["a", "b"]


def test_a_combined_file_is_split_by_task() -> None:
    parsed = parse(
        ("all.jsonl", lines(row(0, "a", task="passkey"), row(0, "b", task="kv_retrieval")))
    )

    assert list(parsed.tasks) == ["passkey", "kv_retrieval"]
    assert predictions(parsed, "kv_retrieval") == ["b"]


def test_predictions_come_back_to_the_character() -> None:
    texts = ["", " \n\t", "∞ 救星行动 😀", "\0", '"quoted"', "x" * 70_000, "\u2028\r\n"]

    parsed = parse((PASSKEY, lines(*(row(i, text) for i, text in enumerate(texts)))))

    assert predictions(parsed) == texts


def test_ids_may_be_digits_as_text_other_text_or_absent() -> None:
    parsed = parse((PASSKEY, lines(row("7"), row("q-1"), row(9))))
    without = parse((PASSKEY, lines({"pred": "a"}, {"pred": "b", "id": None})))

    assert parsed.tasks["passkey"].ids == [7, "q-1", 9]
    assert without.tasks["passkey"].ids == [None, None]


def test_ground_truths_become_fingerprints_and_ground_truth_goes_before_label() -> None:
    rows = [
        row(0, label="b", ground_truth=["a"]),
        row(1, label=3.0),
        row(2),
        row(3, ground_truth=None),
        row(4, ground_truth=123456789012345678901),
    ]

    parsed = parse((PASSKEY, lines(*rows)))

    expected = [fingerprint("a"), fingerprint("3"), None, None]
    assert parsed.tasks["passkey"].fingerprints[:4] == expected
    assert parsed.tasks["passkey"].fingerprints[4] == fingerprint("123456789012345678901")


def test_lines_are_numbered_as_in_the_file() -> None:
    parsed = parse((PASSKEY, b"\r\n" + lines(row(0)) + b"\r\r" + lines(row(1))))

    assert parsed.tasks["passkey"].lines == [2, 5]


def test_repair_takes_the_leading_object_and_says_so() -> None:
    data = lines(row(0)) + b'{"id": 1, "prediction": "b"}gi\n'

    parsed = parse((PASSKEY, data), repair=True)

    [warning] = parsed.warnings
    assert (warning.code, warning.line, warning.severity) == ("text-after-object", 2, "warning")
    assert predictions(parsed) == ["yes", "b"]


def test_other_files_in_an_archive_are_left_out_with_a_warning() -> None:
    parsed = parse(("kimi.zip", zipped({PASSKEY: ROWS, "README.md": b"# kimi"})))

    [warning] = parsed.warnings
    assert (warning.code, warning.file) == ("ignored-file", "kimi.zip › README.md")


def test_a_short_file_that_repeats_itself_is_not_taken_for_a_bomb() -> None:
    data = lines(*(row(i, "a" * 5_000) for i in range(500)))

    parsed = parse((PASSKEY + ".gz", gz(data)))

    assert len(data) / len(gz(data)) > 200
    assert len(parsed.tasks["passkey"]) == 500


def test_a_ground_truth_of_many_digits_keeps_them_on_a_repaired_or_deeply_nested_line() -> None:
    number = "123456789012345678901"
    nested = '{{"id": 0, "prediction": "a", "label": {}, "x": {}{}}}\n'.format(
        number,
        "[" * 1_000,
        "]" * 1_000,
    )
    repaired = f'{{"id": 1, "prediction": "a", "label": [{number}]}} stray\n'

    parsed = parse((PASSKEY, (nested + repaired).encode()), repair=True)

    assert parsed.tasks["passkey"].fingerprints[1] == fingerprint(number)
