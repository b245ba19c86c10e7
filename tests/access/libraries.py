"""The pages of libraries: sign-in by allauth, the admin by Django.

Rows are as in `matrix`: what a GET is answered, for an owner, a member, somebody else, nobody and
staff.  A new model in the admin or a new page of sign-in has no row, and the test fails.
"""

from typing import Final

# Models that staff see in the admin.
ADMIN_MODELS: Final = frozenset(
    {
        "auth_group",
        "account_emailaddress",
        "mfa_authenticator",
        "socialaccount_socialapp",
        "socialaccount_socialtoken",
        "socialaccount_socialaccount",
        "accounts_user",
        "notices_letter",
        "notices_delivery",
        "submissions_modelentry",
        "submissions_submission",
        "submissions_evaluation",
        "submissions_release",
        "submissions_reportedscore",
        "submissions_boardevent",
    }
)
ADMIN_PAGES: Final = frozenset(
    {
        "index",
        "login",
        "logout",
        "password_change",
        "password_change_done",
        "autocomplete",
        "jsi18n",
        "view_on_site",
        "app_list",
        # Django's own: an address without its last part, and whatever is nowhere.
        "<path:object_id>/",
        "(?P<url>.*)$",
    }
)
# These let in whoever comes: one signs in here, or out.
ADMIN_DOORS: Final = frozenset({"login", "logout"})

EVERYBODY: Final = "200 200 200 200 200"
SIGNED_IN: Final = "200 200 200 in 200"
GUESTS: Final = "302 302 302 200 302"
AGAIN: Final = "pw pw pw in pw"
SIGN_IN: Final[dict[str, str]] = {}
