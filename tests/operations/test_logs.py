"""A line is one line, whoever's text is in it, and says what it belongs to."""

import io
import json
import logging
import logging.config
import uuid

import pytest
from django.test import Client

from benchmark_site.logs import Belonging, logging_settings
from submissions.about import work_on

EVIL = "name\n2026-01-01 ERROR forged\r\x1b[2J\u202e\u2028end"


def written(form: str, message: str) -> str:
    """What a logger of this form writes."""
    settings = logging_settings(form=form, level="INFO")
    stream = io.StringIO()
    configurator = logging.config.DictConfigurator({**settings, "disable_existing_loggers": False})
    formatter = configurator.configure_formatter(dict(settings["formatters"][form]))
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    handler.addFilter(Belonging())
    logger = logging.getLogger(f"tests.{uuid.uuid4().hex}")
    logger.propagate = False
    logger.addHandler(handler)
    logger.warning("submitted %s", message)
    return stream.getvalue()


@pytest.mark.parametrize("form", ["json", "line"])
def test_a_name_writes_no_line_of_its_own(form: str) -> None:
    text = written(form, EVIL)

    assert text.count("\n") == 1
    assert text.endswith("\n")
    assert text.rstrip("\n").isprintable()


def test_a_line_of_json_says_what_it_belongs_to() -> None:
    with work_on("abc123"):
        line = json.loads(written("json", EVIL))

    assert line["message"] == f"submitted {EVIL}"
    assert (line["level"], line["submission"]) == ("WARNING", "abc123")
    assert line["at"]
    assert {"request_id", "job_id", "logger"} <= line.keys()


def test_a_line_for_people_names_the_submission() -> None:
    with work_on("abc123"):
        assert written("line", "x").endswith("submitted x [submission=abc123]\n")


@pytest.mark.parametrize(
    ("given", "is_kept"),
    [("0123456789abcdef", True), ("short", False), ("x" * 65, False), ("a b c d e f", False)],
)
@pytest.mark.django_db
def test_every_answer_carries_its_id(given: str, is_kept: bool) -> None:
    answer = Client().get("/healthz", headers={"X-Request-ID": given})

    assert (answer["X-Request-ID"] == given) is is_kept
    assert len(answer["X-Request-ID"]) >= 8
