"""Every code that the API may answer instead of what was asked for, and its status.

docs/api.md says of each one what to do; a test holds both together.
"""

from http import HTTPStatus
from typing import Final

# A status of the tus protocol, which HTTP itself does not have.
CHECKSUM_MISMATCH: Final = 460

CODES: Final[dict[str, int]] = {
    "invalid": HTTPStatus.BAD_REQUEST,
    "parse-error": HTTPStatus.BAD_REQUEST,
    "not-authenticated": HTTPStatus.UNAUTHORIZED,
    "authentication-failed": HTTPStatus.UNAUTHORIZED,
    "permission-denied": HTTPStatus.FORBIDDEN,
    "insufficient-scope": HTTPStatus.FORBIDDEN,
    "not-yours": HTTPStatus.FORBIDDEN,
    "not-found": HTTPStatus.NOT_FOUND,
    "method-not-allowed": HTTPStatus.METHOD_NOT_ALLOWED,
    "not-acceptable": HTTPStatus.NOT_ACCEPTABLE,
    "duplicate-upload": HTTPStatus.CONFLICT,
    "name-taken": HTTPStatus.CONFLICT,
    "not-possible": HTTPStatus.CONFLICT,
    "request-running": HTTPStatus.CONFLICT,
    "unfinished-upload": HTTPStatus.CONFLICT,
    "wrong-offset": HTTPStatus.CONFLICT,
    "too-many-uploads": HTTPStatus.CONFLICT,
    "too-many-drafts": HTTPStatus.CONFLICT,
    "unknown-tus-version": HTTPStatus.PRECONDITION_FAILED,
    "too-large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "unsupported-media-type": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "not-there": HTTPStatus.UNPROCESSABLE_ENTITY,
    "refused": HTTPStatus.UNPROCESSABLE_ENTITY,
    "unfit": HTTPStatus.UNPROCESSABLE_ENTITY,
    "bad-file-name": HTTPStatus.UNPROCESSABLE_ENTITY,
    "key-reused": HTTPStatus.UNPROCESSABLE_ENTITY,
    "wrong-checksum": CHECKSUM_MISMATCH,
    "throttled": HTTPStatus.TOO_MANY_REQUESTS,
    "quota-exceeded": HTTPStatus.TOO_MANY_REQUESTS,
    "too-many-at-once": HTTPStatus.TOO_MANY_REQUESTS,
    "hub-away": HTTPStatus.SERVICE_UNAVAILABLE,
    "storage-unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
}
