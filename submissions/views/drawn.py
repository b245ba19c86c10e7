"""How a chart leaves the house: as a part of a page, and as a figure that Plotly reads."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.urls import reverse
from django.utils.cache import get_conditional_response

from submissions.charts import Chart
from submissions.charts.palette import LOOKS


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart and the address of its figure."""

    chart: Chart
    href: str


def drawn(
    request: HttpRequest, view: str, charts: Mapping[str, Chart | None], *place: str
) -> dict[str, Drawn]:
    """Charts by name with their addresses; those that have nothing to show are left out.

    Args:
        request: whose query every address repeats: it says what is shown.
        view: the name of the view that gives a figure; it takes the chart's name last.
        charts: by the name in their address.
        place: what else the view's address names, a task's slug, say.
    """
    query = request.GET.copy()
    query.pop("theme", None)
    asked = f"?{query.urlencode(safe=',')}" if query else ""
    return {
        name: Drawn(chart, f"{reverse(view, args=[*place, name])}{asked}")
        for name, chart in charts.items()
        if chart is not None
    }


def figure_json(request: HttpRequest, chart: Chart | None) -> HttpResponse:
    """A chart's figure, light or dark, with an ETag; nothing where the body is known already.

    Raises:
        Http404: if there is no such chart.
    """
    if chart is None:
        raise Http404("no such chart")
    look = LOOKS.get(request.GET.get("theme", "light"), LOOKS["light"])
    body = json.dumps(chart.figure(look), ensure_ascii=False, separators=(",", ":"))
    tag = f'"{sha256(body.encode()).hexdigest()[:32]}"'
    answer = get_conditional_response(request, etag=tag)
    if not isinstance(answer, HttpResponseNotModified):
        answer = HttpResponse(body, content_type="application/json")
    answer["ETag"] = tag
    # To be asked again each time: rows come and go, and some are only for their owner.
    answer["Cache-Control"] = "private, no-cache"
    return answer
