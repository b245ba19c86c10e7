"""Shows the log to everybody: its end, its newest entries, and all of it as JSON lines."""

from typing import Final

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from audit.models import AuditEntry
from audit.read import export_lines, read_head

# How many entries the page shows, and one answer of the export holds at most.
SHOWN: Final = 50
EXPORTED: Final = 10_000
_NUMBER_DIGITS: Final = 18


@require_safe
@never_cache
def page(request: HttpRequest) -> HttpResponse:
    """The head and the newest entries."""
    entries = [row.entry for row in AuditEntry.objects.order_by("-number")[:SHOWN]]
    return render(request, "audit/page.html", {"head": read_head(), "entries": entries})


@require_safe
@never_cache
def head(_request: HttpRequest) -> HttpResponse:
    """The head alone, to be noted by whoever wants to compare later."""
    found = read_head()
    return JsonResponse({"number": found.number, "hash": found.hash})


@require_safe
@never_cache
def export(request: HttpRequest) -> HttpResponseBase:
    """Entries behind `?after=NUMBER`, oldest first; a Link header leads on where there are more."""
    text = request.GET.get("after", "0")
    if not (text.isascii() and text.isdigit() and len(text) <= _NUMBER_DIGITS):
        return HttpResponse("after: write a whole number\n", status=400, content_type="text/plain")
    after = int(text)
    lines = export_lines(after=after, limit=EXPORTED)
    answer = StreamingHttpResponse(lines, content_type="application/x-ndjson; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="audit.jsonl"'
    last = after + EXPORTED
    if read_head().number > last:
        answer["Link"] = f'<{reverse("audit:export")}?after={last}>; rel="next"'
    return answer
