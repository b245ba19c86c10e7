"""The words of every problem: what belongs there, and what the sender can do about it.

Texts are `str.format` templates; what fills them comes from the place that found the problem.
"""

from typing import Final, NamedTuple


class Entry(NamedTuple):
    """The standing words of one problem code."""

    expected: str
    fix: str


_NAMES = "preds_<task>.jsonl, each also as .gz, alone or in a .zip or .tar.gz"
_PACK_AGAIN = "Pack the files again, without {what}."
_MAKE_AGAIN = "Make the file again and upload it whole."
_SPLIT = "Upload only the prediction files of one model."

FILES: Final = {
    "empty-upload": Entry(f"at least one file: {_NAMES}", "Add the prediction files."),
    "empty-file": Entry("one JSON object a line", "Leave the file out, or add its rows."),
    "ignored-file": Entry(f"only {_NAMES}", "Rename it if it holds predictions."),
    "misnamed-file": Entry("a name whose ending fits the content", "Rename it to end in {ending}."),
    "unsupported-format": Entry(
        "JSON lines as text, gzip, zip or tar", "Upload the .jsonl files, or a .zip of them."
    ),
    "nested-archive": Entry(
        "prediction files directly in one archive", "Unpack the inner archive and pack its files."
    ),
    "name-collision": Entry("every name once, also when case is ignored", "Rename one of them."),
    "bad-name": Entry("a name of 1 to {chars} printable characters", "Rename the file."),
    "unsafe-path": Entry(
        "a path inside the archive, with / between folders",
        "Pack from inside the folder, so that names have no leading /, no .. and no backslash.",
    ),
}

ARCHIVES: Final = {
    "encrypted-zip": Entry("a zip without a password", _PACK_AGAIN.format(what="a password")),
    "unsupported-compression": Entry(
        "entries stored or deflated", "Pack again with ordinary zip settings."
    ),
    "special-entry": Entry(
        "ordinary files and folders only", _PACK_AGAIN.format(what="links and devices")
    ),
    "overlapping-entries": Entry("entries side by side", _MAKE_AGAIN),
    "truncated-archive": Entry("an archive with its end", _MAKE_AGAIN),
    "broken-archive": Entry("an archive that unpacks and whose checksums agree", _MAKE_AGAIN),
    "too-large": Entry("an upload of at most {limit} bytes", "Compress the files. " + _SPLIT),
    "too-large-unpacked": Entry("at most {limit} bytes after unpacking", _SPLIT),
    "too-compressed": Entry(
        "at most {limit} bytes out of each byte of the file", "Upload the files less compressed."
    ),
    "too-many-files": Entry("at most {limit} files and folders", _SPLIT),
    "too-many-parts": Entry("at most {limit} gzip parts in a file", "Compress it in one go."),
}

LINES: Final = {
    "too-many-rows": Entry("at most {limit} lines in all, blank ones included", _SPLIT),
    "line-too-long": Entry("a line of at most {limit} bytes", "Shorten the prediction."),
    "byte-order-mark": Entry("UTF-8 without a byte-order mark", "Save as UTF-8 without BOM."),
    "utf-16": Entry("UTF-8", "Save the file again as UTF-8."),
    "not-utf8": Entry("UTF-8", "Save the file again as UTF-8."),
    "nul-bytes": Entry("text", "Write the file again as UTF-8 text, one JSON object a line."),
    "not-json-lines": Entry(
        "one whole JSON object a line",
        "Write each row on its own line, without [ ] around the rows and without indentation.",
    ),
    "broken-json": Entry("one whole JSON object", "Write the line with a JSON library."),
    "text-after-object": Entry(
        "nothing after the object", "Remove the text, or give every object its own line."
    ),
    "nan-literal": Entry("JSON, which has no NaN or Infinity", "Write null or a number instead."),
    "too-deep": Entry("a flat object", "Remove the nested value."),
    "huge-number": Entry("numbers of at most 4,300 digits", "Write the number as text."),
}

ROWS: Final = {
    "not-an-object": Entry(
        'an object such as {{"id": 0, "prediction": "…"}}', "Put the values under keys."
    ),
    "missing-prediction": Entry('the key "prediction" (or "pred")', "{advice}"),
    "prediction-not-text": Entry("a prediction that is text", "{advice}"),
    "lone-surrogate": Entry(
        "text that can be stored as UTF-8",
        "Replace the broken half character, for instance by U+FFFD, before writing the row.",
    ),
    "bad-id": Entry("a whole number or a text of 1 to {chars} characters", "{advice}"),
    "mixed-ids": Entry("an id in every row of a task, or in none", "Give every row its id."),
    "duplicate-id": Entry("every id once", "Keep one row; line {first} has the id first."),
    "no-task": Entry(
        'a file called preds_<task>.jsonl, or a key "task" in every row',
        "Rename the file. {advice}",
    ),
    "unknown-task": Entry("a task of this benchmark", "{advice}"),
    "task-conflict": Entry('the task of the file name, "{task}"', "Correct the one or the other."),
    "duplicate-task": Entry("each task in one file", 'Leave one out; "{first}" has it too.'),
}

MATCHING: Final = {
    "no-such-task-in-release": Entry("a task of release {release}", "Leave the file out."),
    "unknown-id": Entry("an id of release {release}", "Correct the id, or remove the row."),
    "wrong-item-set": Entry(
        "{count} rows, one for each example, where rows have no id",
        "Give every row its id, or all rows in the benchmark's order.",
    ),
    "ambiguous-ids": Entry(
        "ids that can be read in one way only",
        'Add "ground_truth" to the rows, or leave ids out and give all {count} rows in order.',
    ),
    "wrong-release": Entry("at least {share} agreement with release {release}", "{advice}"),
    "answers-differ": Entry(
        "the answers of release {release}", "Nothing, if only the wording differs."
    ),
    "missing-ids": Entry(
        "{count} examples", "Add the rows; an example without a prediction scores 0."
    ),
    "missing-tasks": Entry(
        "{count} tasks", "Add their files; a task without predictions has no score."
    ),
}

CATALOGUE: Final[dict[str, Entry]] = FILES | ARCHIVES | LINES | ROWS | MATCHING
