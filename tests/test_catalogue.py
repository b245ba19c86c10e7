"""The catalogues: compiled as they are written."""

import pytest

from tests import catalogue


@pytest.mark.parametrize("language", catalogue.FOLDERS)
def test_what_is_compiled_is_what_is_written(language: str) -> None:
    written = catalogue.compiled(catalogue.read_catalogue(language))

    assert (catalogue.FOLDERS[language] / "django.mo").read_bytes() == written, "run make messages"


def test_texts_are_found_wherever_they_stand() -> None:
    found = {one.singular for one in catalogue.messages()}

    # In a template's tag, in a tag's argument, in a block, in code.
    assert {"Skip to the content", "Send the link", "How sure the figures are"} <= found
    assert any(one.startswith("You are signed in as %(email)s") for one in found)
