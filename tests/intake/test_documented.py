"""The submission guide tells every code and every limit that the code has."""

import ast
import re
from pathlib import Path

import pytest

from submissions import limits
from submissions.intake.catalogue import CATALOGUE

REPOSITORY = Path(__file__).parents[2]
GUIDE = (REPOSITORY / "docs" / "submission-format.md").read_text(encoding="utf-8")
FLOOR = f"{limits.UPLOAD_RATIO_FLOOR_BYTES // limits.MIB} MiB"
SOURCES = sorted((REPOSITORY / "submissions" / "intake").glob("*.py"))

# What is called with a code as its first argument.
CALLS = {
    "error",
    "warn",
    "stop",
    "_error",
    "_refuse",
    "_say_once",
    "Damaged",
    "Flaw",
    "BadValue",
}


def texts_in_source() -> set[str]:
    """Every text constant of the package outside the catalogue."""
    trees = (ast.parse(path.read_text()) for path in SOURCES if path.stem != "catalogue")
    nodes = (node for tree in trees for node in ast.walk(tree))
    return {
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_the_guide_lists_exactly_the_codes_that_exist() -> None:
    documented = re.findall(r"^\| `([a-z0-9-]+)` \| .+ \| .+ \| .+ \|$", GUIDE, re.MULTILINE)

    assert documented == list(CATALOGUE)


def test_every_code_is_used_and_every_use_is_catalogued() -> None:
    texts = texts_in_source()
    called = {
        node.args[0].value
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)
        if getattr(node.func, "attr", getattr(node.func, "id", ""))
        in {
            "error",
            "warn",
            "stop",
            "_error",
            "_refuse",
            "_say_once",
            "Damaged",
            "Flaw",
            "BadValue",
        }
    }

    assert set(CATALOGUE) <= texts
    assert called <= set(CATALOGUE)


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("all files as uploaded", f"{limits.UPLOAD_COMPRESSED_BYTES // limits.MIB} MiB"),
        ("all text after unpacking", f"{limits.UPLOAD_UNPACKED_BYTES // limits.MIB} MiB"),
        ("files and archive entries, folders included", f"{limits.UPLOAD_MEMBERS}"),
        ("lines in all files, blank ones included", f"{limits.UPLOAD_ROWS:,}"),
        ("one line", f"{limits.UPLOAD_LINE_BYTES // limits.MIB} MiB"),
        (
            "bytes unpacked from each byte of an uploaded file",
            f"{limits.UPLOAD_COMPRESSION_RATIO}, counted once a file has unpacked to {FLOOR}",
        ),
        ("one name, with its folders", f"{limits.UPLOAD_NAME_CHARS} characters"),
        ("one id", f"{limits.UPLOAD_ID_CHARS} characters, or 18 digits"),
        ("the directory of a zip", f"{limits.UPLOAD_ZIP_DIRECTORY_BYTES // limits.KIB} KiB"),
        ("the headers before one tar entry", f"{limits.UPLOAD_TAR_HEADER_BYTES // limits.KIB} KiB"),
        ("gzip parts in a file", f"{limits.UPLOAD_GZIP_PARTS:,}"),
        ("ground truths that must agree", f"{limits.AGREEMENT_REQUIRED * 100:.0f} %"),
        ("problems that a refusal lists before it only counts", f"{limits.PROBLEMS_SHOWN}"),
    ],
)
def test_the_guide_states_each_limit(words: str, value: str) -> None:
    assert f"| {words} | {value} |" in GUIDE


def test_the_chinese_guide_tells_the_same_codes_and_limits() -> None:
    chinese = (REPOSITORY / "docs" / "zh_Hans" / "submission-format.md").read_text(encoding="utf-8")

    assert re.findall(r"^\| `([a-z0-9-]+)` \| .+ \| .+ \|$", chinese, re.MULTILINE)[
        -len(CATALOGUE) :
    ] == list(CATALOGUE)
    assert numbers(chinese, "限制") == numbers(GUIDE, "Limits")


def numbers(guide: str, heading: str) -> list[str]:
    """The figures and units in a section's table, in reading order."""
    section = guide.split(f"## {heading}\n")[1].split("\n## ", maxsplit=1)[0]
    rows = [line for line in section.splitlines() if line.startswith("| ")]
    return re.findall(r"\d+(?:,\d{3})*(?: (?:MiB|KiB|%))?", " ".join(rows))
