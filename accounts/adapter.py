"""What allauth asks this site: its words, and whose accounts elsewhere may sign in here."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from django.http import Http404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

# By the names that allauth gives to the ways of showing who one is.
_WAYS = {"mfa_reauthenticate": _("Use a code")}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no type hints.
    """allauth's own, in this site's words for an e-mail address that is confirmed."""

    error_messages = {  # noqa: RUF012  As allauth has it: read from instances only.
        **DefaultAccountAdapter.error_messages,
        "cannot_remove_primary_email": _("The primary e-mail address cannot be removed."),
        "duplicate_email": _("This e-mail address is one of yours already."),
        "email_password_mismatch": _("The e-mail address or the password is wrong."),
        "email_taken": _("There is an account with this e-mail address already."),
        "max_email_addresses": _("No more than %d e-mail addresses can be added."),
        "unknown_email": _("No account has this e-mail address."),
        "unverified_primary_email": _("Confirm the primary e-mail address first."),
    }

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """allauth's own ways to show who one is, named as its pages name them."""
        ways: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        return [{**one, "description": _WAYS.get(one["id"], one["description"])} for one in ways]


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # As above.
    """allauth's own second factors, in the same words."""

    error_messages = {  # noqa: RUF012  As above.
        **DefaultMFAAdapter.error_messages,
        "add_email_blocked": _(
            "Turn two-factor authentication off before you add an e-mail address."
        ),
        "unverified_email": _(
            "Confirm all your e-mail addresses before you turn two-factor authentication on."
        ),
    }

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002  allauth's.
        """What a new key is called until its owner has a better name."""
        there = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return gettext("Security key {number}").format(number=there + 1)


class SignInAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # As above.
    """allauth's own, in the same words, but for sites that nobody set up: they are nowhere."""

    error_messages = {  # noqa: RUF012  As above.
        **DefaultSocialAccountAdapter.error_messages,
        "email_taken": _(
            "There is an account with this e-mail address already. Sign in to it, then connect "
            "your %s account."
        ),
        "no_verified_email": _("Confirm an e-mail address of yours first."),
    }

    def get_app(self, *args: Any, **kwargs: Any) -> Any:
        """The keys for a site.  Raises: Http404 where there are none."""
        try:
            return super().get_app(*args, **kwargs)
        except SocialApp.DoesNotExist as error:
            raise Http404("nobody signs in with that site here") from error
