"""The site with rows of every kind, shared by all tests that look at its pages."""

import pytest
from playwright.sync_api import Browser

from tests.browser.site import Site, make_site
from tests.portal import Portal, wait_ranked


@pytest.fixture(scope="session")
def site(
    published_portal: Portal, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Site:
    """One portal for all of them: starting one takes long."""
    made = make_site(published_portal, browser, tmp_path_factory.mktemp("site"))
    wait_ranked(published_portal)
    return made
