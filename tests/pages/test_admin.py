"""The organizers' pages: to read, and nowhere to break."""

import pytest

from tests import make
from tests.pages.make_pages import client_of

pytestmark = pytest.mark.django_db
MODELS = ["modelentry", "submission", "evaluation", "release", "reportedscore", "boardevent"]


@pytest.mark.parametrize("name", MODELS)
def test_nothing_is_added_by_hand(name: str) -> None:
    organizer = client_of(make.user(is_staff=True, is_superuser=True))

    assert organizer.get(f"/admin/submissions/{name}/").status_code == 200
    page = organizer.post(f"/admin/submissions/{name}/add/", {"name": "A", "weights": "open"})

    assert page.status_code == 403
