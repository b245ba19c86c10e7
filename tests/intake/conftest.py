"""The authors' published predictions, where they lie beside the checkout."""

from pathlib import Path

import pytest

from tests.needs import shared_data


@pytest.fixture(scope="session")
def published() -> Path:
    """The folder of published predictions; skips where it is absent, fails where required."""
    return shared_data() / "published"
