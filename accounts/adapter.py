"""What allauth asks this site about other sites whose accounts may sign in here."""

from typing import Any

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from django.http import Http404


class SignInAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no type hints.
    """allauth's own, but for sites that nobody set up: their addresses are nowhere."""

    def get_app(self, *args: Any, **kwargs: Any) -> Any:
        """The keys for a site.  Raises: Http404 where there are none."""
        try:
            return super().get_app(*args, **kwargs)
        except SocialApp.DoesNotExist as error:
            raise Http404("nobody signs in with that site here") from error
