"""The command that generates: what it writes, and that it is the same everywhere."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scoring.__main__ import main
from tests.scoring.generate.make import SUITE

ROOT = Path(__file__).resolve().parent.parent.parent.parent
# What seed 7 gives at 4k tokens, two examples a task: a version of a generator never changes.
PINNED = "5d488b4ff18b4af4c0af6c572355f15f49869911d2d0171767bd892005678d37"


def generate(out: Path, *arguments: str) -> int:
    return main(["generate", "--tokens", "4k", "--per-task", "2", "--out", str(out), *arguments])


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def digest(folder: Path) -> str:
    """One hash for all files of a folder."""
    files = sorted(folder.glob("*.jsonl"))
    assert len(files) == len(SUITE.slugs)
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def other_interpreters() -> list[str]:
    """Every other Python of 3.11 or newer on this machine: no package is needed."""
    found = {shutil.which(f"python3.{minor}") for minor in range(11, 16)} | {
        str(path) for path in Path.home().glob(".pyenv/versions/3.1[1-9]*/bin/python3")
    }
    usable = []
    for path in sorted(filter(None, found)):
        code = "import sys; print(*sys.version_info[:2])"
        done = subprocess.run([path, "-c", code], capture_output=True, text=True, check=False)
        version = tuple(map(int, done.stdout.split())) if done.returncode == 0 else (0, 0)
        if version >= (3, 11) and version != sys.version_info[:2]:
            usable.append(path)
    return usable


def test_a_seed_gives_the_bytes_that_it_always_gave(tmp_path: Path) -> None:
    assert generate(tmp_path, "--seed", "7") == 0

    assert digest(tmp_path) == PINNED


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_a_seed_gives_the_same_bytes_whatever_the_hash_seed(tmp_path: Path, hash_seed: str) -> None:
    arguments = ["generate", "--tokens", "4k", "--per-task", "2", "--seed", "7", "--out"]
    subprocess.run(
        [sys.executable, "-m", "scoring", *arguments, str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        check=True,
    )

    assert digest(tmp_path) == PINNED


def test_a_seed_gives_the_same_bytes_on_every_interpreter_here(tmp_path: Path) -> None:
    interpreters = other_interpreters()
    if not interpreters:
        pytest.skip("no other Python of 3.11 or newer on this machine")
    arguments = ["generate", "--tokens", "4k", "--per-task", "2", "--seed", "7", "--out"]
    for at, path in enumerate(interpreters):
        out = tmp_path / str(at)
        subprocess.run([path, "-m", "scoring", *arguments, str(out)], cwd=ROOT, check=True)

        assert digest(out) == PINNED, path


def test_another_seed_gives_other_contexts_and_answers(tmp_path: Path) -> None:
    for seed in ("7", "8"):
        generate(tmp_path / seed, "--seed", seed)

    for slug in SUITE.slugs:
        first, second = (rows(tmp_path / seed / f"{slug}.jsonl") for seed in ("7", "8"))
        assert [row["context"] for row in first] != [row["context"] for row in second]
        assert [row["answer"] for row in first] != [row["answer"] for row in second]


def test_rows_have_the_dataset_s_own_schema(tmp_path: Path) -> None:
    generate(tmp_path, "--seed", "7")

    for slug in SUITE.slugs:
        for at, row in enumerate(rows(tmp_path / f"{slug}.jsonl")):
            assert list(row)[:5] == ["id", "context", "input", "answer", "options"]
            assert row["id"] == at
            assert row["length"] == "4k"
            SUITE.canonical_answer(slug, row["answer"], row["options"])


def test_ids_begin_with_the_name_where_one_is_given(tmp_path: Path) -> None:
    generate(tmp_path, "--seed", "7", "--name", "spring", "--task", "passkey")

    assert [row["id"] for row in rows(tmp_path / "passkey.jsonl")] == ["spring-0", "spring-1"]
    assert [file.name for file in tmp_path.iterdir()] == ["passkey.jsonl"]


def test_several_lengths_have_a_folder_each(tmp_path: Path) -> None:
    main(
        ["generate", "--tokens", "1k,2k", "--per-task", "1", "--seed", "7", "--out", str(tmp_path)]
    )

    for length, tokens in (("1k", 1024), ("2k", 2048)):
        (row,) = rows(tmp_path / length / "passkey.jsonl")
        assert row["context"].count("\n") == round(tokens / 24) + 1


@pytest.mark.parametrize(
    ("option", "value", "complaint"),
    [
        ("--tokens", "4x", "no length"),
        ("--tokens", "4k,4096", "twice"),
        ("--tokens", "100", "too short"),
        ("--per-task", "0", "no number from 1"),
        ("--task", "nothing", "none of"),
        ("--suite", "nothing", "none of"),
    ],
)
def test_wrong_options_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str, value: str, complaint: str
) -> None:
    with pytest.raises(SystemExit) as stopped:
        generate(tmp_path, "--seed", "7", option, value)

    assert stopped.value.code == 2
    printed = capsys.readouterr().err
    assert option in printed
    assert complaint in printed
