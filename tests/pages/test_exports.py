"""The board as files: the page's rows, with version and hash, harmless wherever they are opened."""

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from typing import cast

import pyarrow.parquet as pq
import pytest
from django.test import Client

from submissions.export.tables import escape_latex, escape_markdown
from submissions.export.writers import harmless
from submissions.models import BoardState, Submission
from tests.pages.make_pages import reported, scored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("release")]
SUFFIXES = ["csv", "json", "parquet", "tex", "md"]


def fetch(client: Client, suffix: str, query: str = "") -> bytes:
    answer = client.get(f"/leaderboard.{suffix}{query}")
    assert answer.status_code == 200
    assert answer.streaming
    return b"".join(cast(Iterator[bytes], answer))


def read_csv(data: bytes) -> tuple[list[dict[str, str]], str]:
    *lines, comment = data.decode().split("\r\n")[:-1]
    return list(csv.DictReader(io.StringIO("\n".join(lines)))), comment


def test_every_format_holds_the_same_rows_under_one_hash(client: Client) -> None:
    scored(model="Weak", right=1)
    scored(model="Strong")
    reported("Printed", passkey=0.5)

    rows, comment = read_csv(fetch(client, "csv"))
    whole = json.loads(fetch(client, "json"))
    table = pq.read_table(file := io.BytesIO(fetch(client, "parquet")))
    texts = [fetch(client, suffix).decode() for suffix in ("tex", "md")]

    assert [row["model_name"] for row in rows] == ["Strong", "Weak", "Printed"]
    assert whole["records"][0]["average"] == 1.0
    assert rows[2]["passkey"] == "0.5"
    assert "kv_retrieval<0.05" in rows[2]["printed_below"]
    assert table.to_pylist() == whole["records"]
    lines = "".join(
        json.dumps(one, ensure_ascii=False, separators=(",", ":")) + "\n"
        for one in whole["records"]
    )
    assert whole["sha256"] == hashlib.sha256(lines.encode()).hexdigest()
    assert f"sha256={whole['sha256']}" in comment
    assert pq.read_metadata(file).metadata[b"sha256"].decode() == whole["sha256"]
    for text in texts:
        assert whole["sha256"] in text
        assert "100" in text


def test_a_file_names_the_version_of_the_board(client: Client) -> None:
    scored()
    version = BoardState.objects.get(scorer="official-2024-06").version

    answer = client.get("/leaderboard.json")

    assert answer["X-Board-Version"] == str(version)
    assert f"-v{version}.json" in answer["Content-Disposition"]
    assert json.loads(fetch(client, "json"))["board_version"] == version


def test_a_file_holds_what_the_address_asks_for(client: Client) -> None:
    scored(model="Weak", right=1)
    scored(model="Strong")

    rows, _ = read_csv(fetch(client, "csv", "?q=weak&scorer=portal-1&sort=name"))

    assert [row["model_name"] for row in rows] == ["Weak"]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_empty_board_is_a_whole_file(client: Client, suffix: str) -> None:
    assert fetch(client, suffix)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_nobodys_private_row_is_in_a_file(client: Client, suffix: str) -> None:
    scored(model="Secret", visibility="private")
    later = scored(model="Later")
    Submission.objects.filter(pk=later.pk).update(visibility="private")

    found = fetch(client, suffix)
    if suffix == "parquet":
        found = str(pq.read_table(io.BytesIO(found)).to_pylist()).encode()

    assert b"Secret" not in found
    assert b"Later" not in found


@pytest.mark.parametrize("path", ["csv?scorer=nobody", "json?release=nobody", "xls"])
def test_what_does_not_exist_is_not_found(client: Client, path: str) -> None:
    assert client.get(f"/leaderboard.{path}").status_code == 404


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\u3000=1", "＝1", "\r=1"],
)
def test_no_spreadsheet_runs_a_name(text: str) -> None:
    assert harmless(text) == f"'{text}"
    assert harmless("a=1") == "a=1"


def test_a_name_that_is_a_formula_is_text_in_the_file(client: Client) -> None:
    scored(model='=HYPERLINK("http://x","y")')

    rows, _ = read_csv(fetch(client, "csv"))

    assert rows[0]["model_name"] == '\'=HYPERLINK("http://x","y")'


def test_names_are_no_markup() -> None:
    assert escape_latex(r"50%_a\b{}") == r"50\%\_a\textbackslash{}b\{\}"
    assert escape_markdown("[a](b)|<i>\nc") == r"\[a\]\(b\)\|\<i\> c"


def test_an_unchanged_file_is_not_sent_again(client: Client) -> None:
    scored()
    tag = client.get("/leaderboard.csv")["ETag"]

    again = client.get("/leaderboard.csv", headers={"If-None-Match": tag})
    scored(model="Another")
    changed = client.get("/leaderboard.csv", headers={"If-None-Match": tag})

    assert (again.status_code, changed.status_code) == (304, 200)
