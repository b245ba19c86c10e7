"""A secret that somebody writes into a file is found before it is kept."""

from pathlib import Path

from benchmark_site.supply import scan

ROOT = Path(__file__).parents[2]


def test_a_secret_in_a_file_is_found(tmp_path: Path) -> None:
    file = tmp_path / "settings.py"
    # In two parts, or this file would be one that holds a secret.
    file.write_text('KEY = "AKIA' + 'Z7Q2M4X8N6P3R5T1"\n')

    (found,) = scan([str(file)])

    assert "settings.py:1" in found


def test_what_was_looked_at_is_no_finding() -> None:
    assert (
        scan([str(path.relative_to(ROOT)) for path in (ROOT / "tests/deploy").glob("*.py")]) == []
    )


def test_a_key_in_a_header_is_found(tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    file.write_text("-----BEGIN RSA " + "PRIVATE KEY-----\n")

    assert scan([str(file)])
