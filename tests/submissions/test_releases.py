"""Releases as they are read, stored and recognised."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from submissions.models import Example, ItemSet, Release
from submissions.releases import ReleaseConflict, example_keys
from tests import make

pytestmark = pytest.mark.django_db


def import_labels(folder: Path, name: str = "labels") -> None:
    call_command("import_release", str(folder), "--name", name, "--labels-only", verbosity=0)


def test_importing_twice_changes_nothing(tmp_path: Path) -> None:
    make.write_labels(tmp_path)

    import_labels(tmp_path)
    import_labels(tmp_path)

    assert Release.objects.count() == 1
    assert Example.objects.count() == 36


def test_a_name_is_never_given_to_other_data(tmp_path: Path) -> None:
    make.release("taken")

    with pytest.raises(ReleaseConflict):
        make.release("taken", n=4)


def test_releases_share_equal_item_sets(tmp_path: Path) -> None:
    first, second = make.release("first"), make.release("second")

    assert first.sha256 == second.sha256
    assert ItemSet.objects.count() == 12


def test_a_legacy_id_is_kept_beside_the_position(tmp_path: Path) -> None:
    rows = [{"id": 0, "legacy_id": 0, "answer": "1"}, {"id": 1, "legacy_id": 22, "answer": "2"}]
    (tmp_path / "passkey.jsonl").write_bytes(make.jsonl(rows))

    import_labels(tmp_path)

    found = Example.objects.values_list("position", "source_id")
    assert list(found) == [(0, "0"), (1, "22")]


def test_every_bad_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "passkey.jsonl").write_text('{"id": 0, "answer": "1"}\nnonsense\n{"id": 2}\n')

    with pytest.raises(CommandError) as refused:
        import_labels(tmp_path)

    assert "passkey.jsonl:2" in str(refused.value)
    assert "passkey.jsonl:3: the key 'answer' is missing" in str(refused.value)


def test_a_folder_without_the_files_says_which_it_wants(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"passkey\.jsonl"):
        import_labels(tmp_path)


def test_equal_answers_have_keys_of_their_own() -> None:
    keys = example_keys("code_run", [4, 4, 1])

    assert len(set(keys)) == 3
    assert keys[:2] == example_keys("code_run", [4, 4])
