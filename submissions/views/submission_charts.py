"""The charts of one submission, on its page and as Plotly figures."""

from django.conf import settings
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from scoring import SUITES
from scoring.types import Scorer
from submissions.charts import Chart
from submissions.figures.model import model_charts, read_profile
from submissions.leaderboard import read_states
from submissions.models import Submission
from submissions.views.drawn import figure_json
from submissions.views.http import HtmxRequest, readable_submission, scorer_of


def submission_charts(found: Submission, scorer: Scorer) -> dict[str, Chart | None]:
    """A submission against the field of its own board; nothing while it is not scored."""
    suite = SUITES[found.release.suite]
    standing = next((one for one in found.standings.all() if one.scorer == scorer.name), None)
    if standing is None:
        return {}
    states = read_states(found.release.board)
    return model_charts(read_profile(suite, found, standing, states=states), suite)


@require_safe
def chart(request: HtmxRequest, public_id: str, name: str) -> HttpResponse:
    """A chart of a submission to whom its page is open."""
    found = readable_submission(request, public_id)
    suite = SUITES[found.release.suite]
    scorer = scorer_of(suite, request.GET.get("scorer") or settings.DEFAULT_SCORER)
    return figure_json(request, submission_charts(found, scorer).get(name))
