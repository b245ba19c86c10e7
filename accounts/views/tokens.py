"""The page of one's tokens: create one and see it once, or revoke it."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import TokenForm
from accounts.models import ApiToken, User
from accounts.tokens import TOKENS_MAX, TooManyTokens, create_token, revoke_token


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def tokens(request: HttpRequest) -> HttpResponse:
    """List one's tokens; a POST creates one and shows its secret this one time."""
    owner = cast(User, request.user)
    form, secret, status = TokenForm(label_suffix=""), "", 200
    if request.method == "POST":
        form = TokenForm(request.POST, label_suffix="")
        secret = _create(owner, form) if form.is_valid() else ""
        status = 200 if secret else 422
        form = TokenForm(label_suffix="") if secret else form
    own = ApiToken.objects.filter(user=owner).order_by("-created")
    context = {"form": form, "secret": secret, "tokens": own}
    return render(request, "account/tokens.html", context, status=status)


def _create(owner: User, form: TokenForm) -> str:
    """The new token's secret; empty if the user has too many, which the form then says."""
    try:
        return create_token(
            owner,
            name=form.cleaned_data["name"],
            scopes=form.chosen_scopes(),
            lifetime=form.chosen_lifetime(),
        )[1]
    except TooManyTokens:
        text = _("You have %(count)s tokens. Revoke one first.") % {"count": TOKENS_MAX}
        form.add_error(None, text)
        return ""


@require_POST
@login_required
def token_revoke(request: HttpRequest, token_key: str) -> HttpResponse:
    """Revoke one of one's own tokens."""
    if not revoke_token(cast(User, request.user), token_key):
        raise Http404("no such token")
    messages.success(request, _("Token revoked. Scripts that carry it are refused from now on."))
    return redirect("accounts:tokens")
