"""The page of one's own data: take it along, or close the account."""

from typing import cast

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from submissions.closing import NotClosed, close_account
from submissions.takeout import write_archive
from submissions.views.http import person_of


class CloseForm(forms.Form):
    """What happens to what was published, and that it is meant."""

    public = forms.ChoiceField(
        label=gettext_lazy("Your public submissions"),
        choices=[
            ("keep", gettext_lazy("stay on the board, without your name")),
            ("withdraw", gettext_lazy("are withdrawn, and their predictions deleted")),
        ],
        initial="keep",
        widget=forms.RadioSelect,
    )
    email = forms.EmailField(label=gettext_lazy("Your e-mail address, to be sure"))

    def __init__(self, person: User, data: "QueryDict | None" = None) -> None:
        """Take whose account it is, and what was sent."""
        super().__init__(data, label_suffix="")
        self.person = person

    def clean_email(self) -> str:
        """Refuse an address that is not the account's."""
        email = str(self.cleaned_data["email"])
        if email.lower() != self.person.email.lower():
            raise forms.ValidationError(_("This is not the address of this account."))
        return email


@require_safe
@login_required
@never_cache
def own_data(request: HttpRequest) -> HttpResponse:
    """Offer an archive of one's data, and the way out."""
    return _page(request, CloseForm(person_of(request)))


@require_POST
@login_required
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no type hints.
def take_data(request: HttpRequest) -> FileResponse:
    """Send the archive."""
    now = timezone.now()
    archive = write_archive(person_of(request), now=now)
    name = f"ibench-{now:%Y-%m-%d}.zip"
    return FileResponse(archive, as_attachment=True, filename=name)


@require_POST
@login_required
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no type hints.
def close(request: HttpRequest) -> HttpResponse:
    """Close the account."""
    form = CloseForm(person_of(request), request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    # The row itself, not request.user's lazy wrapper: it is emptied and stored.
    person = User.objects.get(pk=cast(User, request.user).pk)
    keep_public = form.cleaned_data["public"] == "keep"
    try:
        close_account(person, keep_public=keep_public, now=timezone.now())
    except NotClosed as error:
        form.add_error(None, str(error))
        return _page(request, form, status=422)
    logout(request)
    messages.success(request, _("Your account is closed and your data deleted."))
    return redirect("submissions:home")


def _page(request: HttpRequest, form: CloseForm, *, status: int = 200) -> HttpResponse:
    return render(request, "account/data.html", {"form": form}, status=status)
