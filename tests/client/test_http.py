"""Requests against a real server: retries, errors with their fix, and where the token goes."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from ibench import errors
from ibench import http as ibench_http
from ibench.cli.main import main
from ibench.errors import BadUsage, IbenchError, Unreachable
from ibench.http import Connection
from ibench.portal import Portal

from tests.client.answering import Answering


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ibench_http, "_FIRST_WAIT_SECONDS", 0.01)
    monkeypatch.setattr(ibench_http, "_WAIT_MAX_SECONDS", 0.05)


@pytest.fixture
def portal(server: Answering) -> Iterator[Portal]:
    with Portal(server.url, "ibp_secret") as portal:
        yield portal


def problem(status: int, **more: object) -> dict[str, object]:
    return {"title": "No", "status": status, "code": "x", "detail": "Not so.", **more}


def test_a_server_that_restarts_is_asked_again(portal: Portal, server: Answering) -> None:
    server.say(503, b"", Retry_After="1")
    server.say(502, b"<html>")
    server.say(200, {"results": []})

    assert portal.submissions() == []
    assert len(server.asked) == 3


def test_a_server_that_stays_away_is_unreachable(portal: Portal, server: Answering) -> None:
    server.say(503, b"")

    with pytest.raises(Unreachable, match="503"):
        portal.status("abc")
    assert len(server.asked) == ibench_http.TRIES


def test_nobody_listening_is_said_in_a_sentence() -> None:
    with Portal("http://127.0.0.1:9", "t") as portal, pytest.raises(Unreachable) as caught:
        portal.status("abc")

    assert "could not be reached" in caught.value.message
    assert caught.value.fix


def test_an_upload_is_sent_again_whole_and_with_its_key(
    portal: Portal, server: Answering, tmp_path: Path
) -> None:
    server.say(503, b"")
    server.say(201, {"id": "abc"})
    file = tmp_path / "preds_passkey.jsonl"
    file.write_bytes(b'{"id": 0, "prediction": "1"}\n' * 5000)
    counted: list[int] = []

    portal.submit([file], model="M", visibility=None, on_bytes=counted.append)

    first, second = server.asked
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]
    for asked in (first, second):
        assert file.read_bytes() in asked.body
        assert b'name="visibility"' not in asked.body
    assert sum(counted) == file.stat().st_size


def test_an_upload_whose_first_try_still_runs_keeps_its_key(
    portal: Portal, server: Answering, tmp_path: Path
) -> None:
    server.say(409, {**problem(409), "code": "request-running"}, Retry_After="1")
    server.say(201, {"id": "abc"})
    file = tmp_path / "preds_passkey.jsonl"
    file.write_bytes(b'{"id": 0, "prediction": "1"}\n')
    with pytest.raises(errors.Refused):
        portal.submit([file], model="M")

    portal.submit([file], model="M")

    first, second = server.asked
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]


def test_a_cut_upload_keeps_its_key_and_a_refused_one_does_not(
    portal: Portal, server: Answering, tmp_path: Path
) -> None:
    file = tmp_path / "preds_passkey.jsonl"
    file.write_text("x\n")
    server.say(503, b"")
    with pytest.raises(Unreachable):
        portal.submit([file], model="M")
    server.answers[:] = [(422, problem(422), {})]
    with pytest.raises(errors.Refused):
        portal.submit([file], model="M")
    server.answers[:] = [(201, {"id": "abc"}, {})]
    portal.submit([file], model="M")
    portal.submit([file], model="M")

    keys = [asked.headers["Idempotency-Key"] for asked in server.asked]
    cut, refused, mended, afresh = keys[0], *keys[-3:]
    assert cut == refused
    assert len({refused, mended, afresh}) == 3


@pytest.mark.parametrize(
    ("status", "kind", "exit_code"),
    [
        (400, errors.Refused, 3),
        (401, errors.NotSignedIn, 4),
        (403, errors.NotAllowed, 4),
        (404, errors.NotFound, 5),
        (409, errors.Refused, 3),
        (410, errors.NotFound, 5),
        (413, errors.Refused, 3),
        (422, errors.Refused, 3),
        (429, errors.QuotaUsed, 6),
        (500, errors.Unreachable, 7),
    ],
)
def test_every_error_has_its_exit_code_and_says_what_to_do(
    portal: Portal,
    server: Answering,
    status: int,
    kind: type[IbenchError],
    exit_code: int,
) -> None:
    server.say(status, problem(status), Retry_After="90")

    with pytest.raises(kind) as caught:
        portal.status("abc")

    assert (caught.value.message.startswith("Not so."), bool(caught.value.fix)) == (True, True)
    assert main(["status", "abc", "--site", server.url]) == exit_code


def test_problems_are_shown_with_file_line_and_fix(
    server: Answering, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    one = {"file": "a\x1b[2J.jsonl", "line": 7, "found": "[]", "expected": "text", "fix": "Mend."}
    server.say(422, problem(422, problems=[one, {"field": "model", "message": "Too long."}]))
    file = tmp_path / "a.jsonl"
    file.write_text("[]\n")

    assert main(["submit", str(file), "--model", "M", "--site", server.url]) == 3
    shown = capsys.readouterr().err
    assert "a\\x1b[2J.jsonl: line 7: [];" in shown
    assert "Mend." in shown
    assert "model: Too long." in shown
    assert "\x1b[2J" not in shown

    assert main(["submit", str(file), "--model", "M", "--site", server.url, "--json"]) == 3
    told = json.loads(capsys.readouterr().err)
    assert (told["status"], told["problems"][0]["line"]) == (422, 7)


def test_the_token_goes_to_its_site_only(portal: Portal, server: Answering) -> None:
    server.say(200, {"results": [{}], "next": "https://elsewhere.example.org/"})

    with pytest.raises(IbenchError, match="elsewhere"):
        portal.submissions()
    assert server.asked[0].headers["Authorization"] == "Token ibp_secret"


def test_a_redirect_is_not_followed(portal: Portal, server: Answering) -> None:
    server.say(302, b"", Location="https://elsewhere.example.org/")

    with pytest.raises(IbenchError, match="sends us to"):
        portal.status("abc")
    assert len(server.asked) == 1


def test_a_token_is_not_sent_in_clear(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadUsage, match="not encrypted"):
        Connection("http://portal.example.org", "t")
    Connection("http://portal.example.org", None).close()
    monkeypatch.setenv("IBENCH_INSECURE", "1")
    Connection("http://portal.example.org", "t").close()


@pytest.mark.parametrize("site", ["portal", "ftp://x", "https://", "javascript:1"])
def test_a_site_is_an_address(site: str) -> None:
    with pytest.raises(BadUsage, match="no address"):
        Connection(site, None)


@pytest.mark.parametrize("name", ["..", "../..%2f", "a b", "", "a?x=1"])
def test_an_id_is_no_path(portal: Portal, server: Answering, name: str) -> None:
    server.say(200, {})

    with pytest.raises(IbenchError, match="no id"):
        portal.status(name)
    assert not server.asked


def test_lists_go_on_over_pages(portal: Portal, server: Answering) -> None:
    server.say(200, {"results": [{"id": 1}, {"id": 2}], "next": f"{server.url}/api/v1/x?cursor=2"})
    server.say(200, {"results": [{"id": 3}, {"id": 4}], "next": None})

    assert [int(one["id"]) for one in portal.runs(limit=3)] == [1, 2, 3]
    assert server.asked[1].path == "/api/v1/x?cursor=2"


def test_watching_ends_with_the_timeout(
    server: Answering, capsys: pytest.CaptureFixture[str]
) -> None:
    server.say(200, {"id": "abc", "status": "queued"})

    assert main(["watch", "abc", "--timeout", "0.5", "--site", server.url]) == 8
    assert "ibench watch abc" in capsys.readouterr().err


def test_a_page_that_is_no_portal_says_so(portal: Portal, server: Answering) -> None:
    server.say(200, b"<html>hello")

    with pytest.raises(Unreachable, match="did not answer with JSON"):
        portal.board()


@pytest.mark.parametrize("content", [None, b""])
def test_a_file_that_cannot_be_sent_is_said_before_anything_is_sent(
    server: Answering, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "preds.jsonl"
    if content is not None:
        file.write_bytes(content)

    assert main(["submit", str(file), "--model", "M", "--site", server.url]) == 2
    assert not server.asked
