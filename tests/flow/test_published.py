"""The README's script against a portal with the authors' data."""

import ast
from pathlib import Path

import pytest

from tests import authors
from tests.flow.test_walk import run_readme_script
from tests.portal import Portal


@pytest.mark.needs_data
@pytest.mark.slow
@pytest.mark.xdist_group("published")
def test_the_readmes_script_reads_kimis_scores_to_the_last_bit(
    published_portal: Portal, tmp_path: Path
) -> None:
    done = run_readme_script(published_portal, authors.zip_of("kimi", tmp_path))

    assert done.returncode == 0, done.stderr
    scorers = ast.literal_eval(done.stdout.removeprefix("done "))
    for scorer in authors.COMMITS:
        assert scorers[scorer]["tasks"] == authors.means("kimi", scorer)
