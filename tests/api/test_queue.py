"""The queue and an organization's models for scripts: what is told, and to whom."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.organizations import found_organization
from submissions.entries import ModelFacts, enter_model
from submissions.models import Submission
from submissions.presence import see_worker
from tests import make
from tests.api.make_api import ROOT, script_of

pytestmark = pytest.mark.django_db


def test_who_waits_where_is_told_and_whose_only_to_who_may_know() -> None:
    make.release()
    owner = make.user()
    made = make.submission(submitter=owner, visibility=Submission.Visibility.PRIVATE)
    see_worker("worker", processes=2, now=timezone.now())

    own = script_of(owner).get(f"{ROOT}/queue/").json()
    others = Client().get(f"{ROOT}/queue/").json()

    assert (own["queued"], own["workers"][0]["processes"]) == (1, 2)
    seen = [(one["position"], one["submission"], one["is_mine"]) for one in own["rows"]]
    assert seen == [(1, made.public_id, True)]
    seen = [(one["position"], one["submission"], one["is_mine"]) for one in others["rows"]]
    assert seen == [(1, None, False)]


def test_models_of_an_organization_are_listed_for_its_members() -> None:
    owner = make.user()
    lab = found_organization("Lab", founder=owner, now=make.NOW)
    enter_model(owner, ModelFacts(name="Shared", shared_with=lab), now=make.NOW)
    enter_model(owner, ModelFacts(name="Own"), now=make.NOW)
    path = f"{ROOT}/models/?shared_with={lab.slug}"

    own = script_of(owner).get(path).json()["results"]
    staff = script_of(make.user("staff@example.org", is_staff=True)).get(path).json()["results"]

    assert [one["name"] for one in own] == ["Shared"]
    assert staff == []
