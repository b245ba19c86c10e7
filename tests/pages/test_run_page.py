"""What a run's page says of its cost and of its end."""

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from submissions.models import HostedRun
from submissions.runs import cancel_run
from tests import asking, make
from tests.pages.make_pages import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _ours_may_be_asked(settings: Settings) -> None:
    settings.OUTBOUND_HTTP_ALLOWED, settings.OUTBOUND_NETWORKS = True, ["127.0.0.0/8"]


def shown(run: HostedRun) -> str:
    client: Client = client_of(run.owner)
    return client.get(run.get_absolute_url()).text


@pytest.mark.parametrize(("price", "words"), [(0, "no price given"), (1, "<dd>$0</dd>")])
def test_a_cost_is_told_only_where_prices_are(price: int, words: str) -> None:
    make.user()
    endpoint = asking.endpoint("http://127.0.0.1:9/v1", price_in=price, price_out=0)
    page = client_of(endpoint.owner).get(endpoint.get_absolute_url()).text

    assert words in shown(asking.run(endpoint))
    assert ("no price given" in page) == (price == 0)


def test_a_run_that_its_owner_cancelled_is_no_failure() -> None:
    run = asking.run(asking.endpoint("http://127.0.0.1:9/v1"))
    cancel_run(run, reason="You cancelled it.", now=timezone.now())

    page = shown(run)

    assert "You cancelled it." in page
    assert "card--bad" not in page
    assert "badge bad" not in page
