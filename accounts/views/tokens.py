"""The page of one's tokens: create one and see it once, or revoke it."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import TokenForm
from accounts.models import ApiToken, User

# A person needs a handful; more is a script gone wrong.
_TOKENS_MAX = 50


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def tokens(request: HttpRequest) -> HttpResponse:
    """List one's tokens; a POST creates one and shows its secret this one time."""
    owner = cast(User, request.user)
    form, secret, status = TokenForm(label_suffix=""), "", 200
    if request.method == "POST":
        form = TokenForm(request.POST, label_suffix="")
        if ApiToken.objects.filter(user=owner).count() >= _TOKENS_MAX:
            form.add_error(None, f"You have {_TOKENS_MAX} tokens. Revoke one first.")
        if form.is_valid():
            _, secret = ApiToken.objects.create(user=owner, name=form.cleaned_data["name"])
            form = TokenForm(label_suffix="")
        else:
            status = 422
    own = ApiToken.objects.filter(user=owner).order_by("-created")
    context = {"form": form, "secret": secret, "tokens": own}
    return render(request, "account/tokens.html", context, status=status)


@require_POST
@login_required
def token_revoke(request: HttpRequest, token_key: str) -> HttpResponse:
    """Revoke one of one's own tokens."""
    revoked, _ = ApiToken.objects.filter(
        user=cast(User, request.user), token_key=token_key
    ).delete()
    if not revoked:
        raise Http404("no such token")
    messages.success(request, "Token revoked. Scripts that carry it are refused from now on.")
    return redirect("accounts:tokens")
