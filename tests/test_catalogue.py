"""The catalogues: compiled as they are written."""

import re
from pathlib import Path

import pytest

from tests import catalogue

HOLES = re.compile(r"%\(\w+\)[sd]|%%")
TAGS = re.compile(r"</?\w+")


@pytest.mark.parametrize("language", catalogue.FOLDERS)
def test_what_is_compiled_is_what_is_written(language: str) -> None:
    written = catalogue.compiled(catalogue.read_catalogue(language))

    assert (catalogue.FOLDERS[language] / "django.mo").read_bytes() == written, "run make messages"


def test_texts_are_found_wherever_they_stand() -> None:
    found = {one.singular for one in catalogue.messages()}

    # In a template's tag, in a tag's argument, in a block, in code.
    assert {"Skip to the content", "Send the link", "How sure the figures are"} <= found
    assert any(one.startswith('Is that a mistake? <a href="%(href)s">') for one in found)


@pytest.mark.parametrize("language", catalogue.FOLDERS)
def test_every_text_is_translated(language: str) -> None:
    lacking = [(one.where, one.singular) for one in catalogue.untranslated(language)]

    assert not lacking, "translate these in the .po file, then run make messages"


@pytest.mark.parametrize("language", catalogue.FOLDERS)
def test_a_translation_keeps_what_its_text_leaves_open(language: str) -> None:
    for message in (one for one in catalogue.read_catalogue(language) if one.id):
        texts = catalogue.forms(message.id)
        told = catalogue.forms(message.string)
        holes = {hole for text in texts for hole in HOLES.findall(text)}
        for text in told:
            assert set(HOLES.findall(text)) <= holes, message.id
            assert holes <= set(HOLES.findall(text)), message.id
            assert TAGS.findall(text) == TAGS.findall(texts[0]), message.id


@pytest.mark.parametrize("path", catalogue.templates(), ids=lambda one: str(one.name))
def test_no_template_has_a_text_that_cannot_be_translated(path: Path) -> None:
    assert catalogue.bare_texts(path) == []
