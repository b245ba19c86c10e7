"""What schemathesis must be told of this API: how a part of an upload is written."""

from typing import Any

import schemathesis


@schemathesis.serializer("application/offset+octet-stream")
def write_part(_context: schemathesis.SerializationContext, value: Any) -> bytes:
    """The bytes themselves."""
    return value if isinstance(value, bytes) else str(value).encode()
