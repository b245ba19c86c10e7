"""A typed client of an ∞-Bench portal, and the `ibench` command.

from ibench import Portal

portal = Portal()                                  # IBENCH_SITE, IBENCH_TOKEN or `ibench login`
submission = portal.submit(["preds_passkey.jsonl"], model="My model")
print(portal.watch(submission["id"])["scorers"])
"""

from ibench.errors import (
    IbenchError,
    NotAllowed,
    NotFound,
    NotSignedIn,
    QuotaUsed,
    Refused,
    StillOpen,
    Unreachable,
)
from ibench.portal import Portal

__all__ = [
    "IbenchError",
    "NotAllowed",
    "NotFound",
    "NotSignedIn",
    "Portal",
    "QuotaUsed",
    "Refused",
    "StillOpen",
    "Unreachable",
]
