"""Calls to addresses that people gave us: checked, pinned, limited.  Knows no Django."""

from outbound.addresses import Rules, Target, check_url, pin
from outbound.clients import AnswerRefused, async_client, client, limited_chunks, read_limited
from outbound.refusals import AddressRefused

__all__ = [
    "AddressRefused",
    "AnswerRefused",
    "Rules",
    "Target",
    "async_client",
    "check_url",
    "client",
    "limited_chunks",
    "pin",
    "read_limited",
]
