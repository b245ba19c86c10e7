"""Sign-up, sign-in and tokens."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from django.template import Context, Origin, Template
from django.test import Client
from django.utils import timezone

from accounts.models import ApiToken, User
from tests import make
from tests.pages.make_pages import client_of

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"


def just_signed_in(person: User) -> Client:
    """Somebody who gave the password a moment ago, as changes of security ask for."""
    client = client_of(person)
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": timezone.now().timestamp(), "reauthenticated": True}
    ]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    return client


def test_sign_up_signs_in(client: Client) -> None:
    fields = {"email": "new@example.org", "password1": PASSWORD, "password2": PASSWORD}

    answer = client.post("/accounts/signup/", fields)

    assert answer.headers["Location"] == "/mine/"
    assert client.get("/mine/").status_code == 200
    assert User.objects.get().email == "new@example.org"


def test_errors_are_listed_and_tied_to_their_fields(client: Client) -> None:
    fields = {"email": "nobody", "password1": "short", "password2": "other"}

    page = client.post("/accounts/signup/", fields).content.decode()

    assert 'role="alert"' in page
    assert '<a href="#id_email">' in page
    assert 'aria-invalid="true"' in page


def test_a_wrong_password_says_so(client: Client) -> None:
    make.user("known@example.org")

    page = client.post("/accounts/login/", {"login": "known@example.org", "password": "wrong"})

    assert "The e-mail address or the password is wrong." in page.content.decode()


TOKEN_FORM = {"name": "laptop", "scopes": ["read", "submit"], "lifetime": "30"}


def test_a_token_is_shown_once() -> None:
    client = client_of(make.user())

    page = client.post("/account/tokens/", TOKEN_FORM).content.decode()

    found = re.search(r"ibp_[0-9a-f]{40,}", page)
    assert found is not None
    again = client.get("/account/tokens/").content.decode()
    assert "laptop" in again
    assert found[0] not in again


def test_a_token_may_what_was_ticked_and_ends_when_chosen() -> None:
    owner = make.user()

    client_of(owner).post("/account/tokens/", TOKEN_FORM | {"scopes": ["manage"]})

    token = ApiToken.objects.get(user=owner)
    assert token.scopes == ["manage"]
    assert timedelta(days=29) < token.expiry - timezone.now() <= timedelta(days=30)


@pytest.mark.parametrize(
    ("field", "value"), [("name", " "), ("scopes", []), ("scopes", ["root"]), ("lifetime", "9999")]
)
def test_a_token_needs_a_name_a_scope_and_an_end(field: str, value: object) -> None:
    answer = client_of(make.user()).post("/account/tokens/", TOKEN_FORM | {field: value})

    assert answer.status_code == 422
    assert not ApiToken.objects.exists()


def test_only_its_owner_revokes_a_token() -> None:
    owner, stranger = make.user("owner@example.org"), make.user("stranger@example.org")
    token, _ = ApiToken.objects.create(user=owner, name="laptop")
    path = f"/account/tokens/{token.token_key}/revoke/"

    assert client_of(None).post(path).status_code == 302
    assert client_of(stranger).post(path).status_code == 404
    assert client_of(owner).get(path).status_code == 405
    assert ApiToken.objects.count() == 1
    assert client_of(owner).post(path).status_code == 302
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize("path", ["login", "signup", "password/reset"])
def test_a_field_says_what_it_is_once(client: Client, path: str) -> None:
    page = client.get(f"/accounts/{path}/").content.decode()

    assert "E-mail address</label>" in page
    assert "placeholder" not in page


def test_headings_of_a_librarys_pages_are_written_as_ours() -> None:
    heading = "{% load allauth %}{% element h1 %}Create Passkey{% endelement %}"
    page = just_signed_in(make.user()).get("/accounts/2fa/webauthn/").content.decode()

    stock = Template(heading, origin=Origin("stock.html", template_name="stock.html"))

    assert stock.render(Context()).strip() == "<h1>Create passkey</h1>"
    assert "<title>Security keys · ∞-Bench</title>" in page


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("totp/activate/", ("Set up an authenticator app", "Turn it on")),
        ("webauthn/add/", ("Add a security key", "Add the key", 'value="Security key 1"')),
    ],
)
def test_a_second_factor_is_set_up_in_our_words(path: str, words: tuple[str, ...]) -> None:
    page = just_signed_in(make.user()).get(f"/accounts/2fa/{path}").content.decode()

    for text in words:
        assert text in page
    assert "Activate" not in page
    assert "Passwordless" not in page


def test_a_way_to_show_who_one_is_is_named_as_its_page() -> None:
    person = make.user()
    TOTP.activate(person, "JBSWY3DPEHPK3PXP")

    offered = client_of(person).get("/accounts/reauthenticate/").content.decode()
    asked = client_of(person).get("/accounts/2fa/reauthenticate/").content.decode()

    assert 'href="/accounts/2fa/reauthenticate/">Use a code</a>' in offered
    assert "Write the code that your authenticator app shows" in asked
    assert "Enter an authenticator code" not in asked


def test_the_only_address_is_neither_chosen_nor_removed() -> None:
    person = make.user("only@example.org")
    only = EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=True)
    client = client_of(person)

    shown = client.get("/accounts/email/").content.decode()
    assert "action_remove" not in shown
    assert "action_primary" not in shown
    assert 'type="radio"' not in shown
    EmailAddress.objects.create(user=person, email="second@example.org")
    shown = client.get("/accounts/email/").content.decode()
    for action in ("action_send", "action_primary", "action_remove"):
        assert f'name="{action}"' in shown
    assert shown.count('type="radio"') == 2
    assert f'value="{only.email}" checked' in shown


def test_a_second_factor_waits_until_all_addresses_are_confirmed() -> None:
    person = make.user("late@example.org")
    EmailAddress.objects.create(user=person, email=person.email, primary=True)

    answer = just_signed_in(person).get("/accounts/2fa/totp/activate/", follow=True)
    shown = answer.content.decode()

    assert "Confirm all your e-mail addresses" in shown


@pytest.mark.parametrize("place", ["error", "cancelled"])
def test_who_was_not_let_in_elsewhere_is_told_where_to_sign_in(client: Client, place: str) -> None:
    main = client.get(f"/accounts/3rdparty/login/{place}/").content.decode().split("<main")[1]

    assert 'class="button button--primary" href="/accounts/login/"' in main


@pytest.mark.parametrize("path", ["/endpoints/new/", "/hub-models/new/", "/submit/one-page/"])
def test_every_way_to_submit_stands_below_submit(path: str) -> None:
    head = client_of(make.user()).get(path).content.decode().split("</header>")[0]

    assert 'href="/submit/" aria-current="true"' in head
