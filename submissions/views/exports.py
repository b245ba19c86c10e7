"""The board's present view as a file, at the page's address with a suffix."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from scoring import SUITES
from submissions.board_query import parse_query
from submissions.export import WRITERS, Records
from submissions.leaderboard import NotOnBoard, read_states
from submissions.unchanged import answer_unchanged, etag_of, with_tag


@require_safe
def leaderboard(request: HttpRequest, suffix: str) -> HttpResponseBase:
    """Send every row that the address asks for, on whichever page it stands."""
    query = parse_query(request.GET, SUITES[settings.DEFAULT_SUITE])
    states = read_states(query.board)
    version = states.version(query.scorer)
    etag = etag_of(request, version)
    if unchanged := answer_unchanged(request, etag):
        return unchanged
    try:
        records = Records(query)
    except NotOnBoard as error:
        raise Http404(str(error)) from error
    writer = WRITERS[suffix]
    answer = StreamingHttpResponse(writer.write(records), content_type=writer.media_type)
    name = f"{query.board}-{query.scorer}-v{version}.{suffix}"
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    answer["X-Board-Version"] = str(version)
    return with_tag(answer, etag)
