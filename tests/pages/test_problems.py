"""An upload's problems in the reader's language."""

import io

import pytest
from django.utils import translation

from submissions.intake import Refused, Unreadable, parse_upload
from submissions.intake.catalogue import CATALOGUE
from submissions.intake.problems import Place, Problem, ProblemList
from submissions.templatetags.problems import expected, fix
from tests import make

WORDS = {
    name: f"‹{name}›"
    for name in ("limit", "ending", "chars", "advice", "first", "task", "release", "count", "share")
}


def problem(code: str, **words: str) -> Problem:
    found = ProblemList(1)
    found.error(code, Place("a.jsonl", 1), "this", **words)
    with pytest.raises(Refused) as refused:
        found.refuse_if_any(Refused)
    return refused.value.problems[0]


@pytest.mark.parametrize("code", CATALOGUE)
def test_every_problem_is_said_in_chinese_with_its_words(code: str) -> None:
    one = problem(code, **WORDS)

    with translation.override("zh-hans"):
        told = (expected(one), fix(one))
        stored = (expected(one.as_dict()), fix(one.as_dict()))

    assert told == stored
    for english, chinese in zip((one.expected, one.fix), told, strict=True):
        assert english.count("‹") == chinese.count("‹")
        # Names and advice that the code gives have no translation of their own.
        assert chinese != english or english in ("UTF-8", WORDS["advice"])


def test_english_stays_as_it_is() -> None:
    one = problem("too-large", **WORDS)

    assert (expected(one), fix(one)) == (one.expected, one.fix)


def test_a_problem_of_an_earlier_version_is_shown_as_it_was_said() -> None:
    old = {"code": "too-large", "expected": "less of it", "fix": "Send less."}

    with translation.override("zh-hans"):
        assert (expected(old), fix(old)) == ("less of it", "Send less.")


def test_a_real_upload_is_refused_in_chinese() -> None:
    with pytest.raises(Unreadable) as refused:
        parse_upload(
            [("preds_passkey.jsonl", io.BytesIO(b"nonsense\n"))],
            suite=make.SUITE,
            spool=io.BytesIO(),
        )

    with translation.override("zh-hans"):
        assert "JSON" in fix(refused.value.problems[0])
