"""Reports of errors to a Sentry server, where an operator names one: what broke, and nobody's data.

A report tells the exception's kind, where in our code it rose, and which request or task it was.
It has no variables of the frames, no address, body, header or cookie, no line of a log and no SQL:
any of them may hold a hidden answer, a prediction, a token or a key.
"""

from typing import Any, Final

# Of an event, all that is sent; the rest is whatever an integration thinks of next.
_EVENT: Final = (
    *("event_id", "timestamp", "platform", "level", "logger", "exception", "transaction"),
    *("release", "environment", "server_name", "sdk", "type"),
)


def start_reports(dsn: str, *, environment: str) -> None:
    """Send errors of this process to `dsn` from now on."""
    import sentry_sdk  # noqa: PLC0415  Only who reports loads it.

    sentry_sdk.init(
        dsn=dsn,
        environment=environment,
        send_default_pii=False,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        traces_sample_rate=0.0,
        before_send=scrub,
    )


def scrub(event: Any, _hint: Any) -> Any:
    """An event with what may be told and nothing else."""
    kept = {key: event[key] for key in _EVENT if key in event}
    if template := event.get("logentry", {}).get("message"):
        # As it stands in our code, before anything was put into it.
        kept["logentry"] = {"message": template}
    for raised in kept.get("exception", {}).get("values", []):
        # A message may quote what it choked on; its kind and place are what finds the fault.
        raised["value"] = "(left out)"
        for frame in raised.get("stacktrace", {}).get("frames", []):
            frame.pop("vars", None)
    return kept
