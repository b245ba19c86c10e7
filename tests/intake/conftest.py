"""The authors' published predictions, where they lie beside the checkout."""

import os
from pathlib import Path

import pytest

PUBLISHED = Path(__file__).parents[3] / "shared" / "data" / "infinitebench" / "published"


@pytest.fixture(scope="session")
def published() -> Path:
    """The folder of published predictions; skips where it is absent, fails where required."""
    if not PUBLISHED.is_dir():
        reason = "the published predictions are not beside the checkout"
        if os.environ.get("CI") or "data" in os.environ.get("PORTAL_REQUIRE", ""):
            pytest.fail(reason)
        pytest.skip(reason)
    return PUBLISHED
