"""People, the organizations that they form, and the tokens that their scripts carry."""

from accounts.models.organization import Invitation, Membership, Organization
from accounts.models.user import ApiToken, Scope, User, UserManager

__all__ = ["ApiToken", "Invitation", "Membership", "Organization", "Scope", "User", "UserManager"]
