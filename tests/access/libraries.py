"""The pages of libraries: sign-in by allauth, the admin by Django.

Their own tests hold what they answer; here stands who may come in.  A new model in the admin or a
new page of sign-in is in none of these, and the test fails.
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
        "audit_auditentry",
        "accounts_user",
        "notices_letter",
        "notices_delivery",
        "submissions_modelentry",
        "submissions_submission",
        "submissions_evaluation",
        "submissions_release",
        "submissions_reportedscore",
        "submissions_boardevent",
        "submissions_rescorereport",
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
        "submissions_rescorereport_apply",
        # Django's own: an address without its last part, and whatever is nowhere.
        "<path:object_id>/",
        "(?P<url>.*)$",
    }
)
# These let in whoever comes: one signs in here, or out.
ADMIN_DOORS: Final = frozenset({"login", "logout"})

# Pages of who is signed in; everybody else is sent to sign in.
SIGNED_IN_PAGES: Final = frozenset(
    {
        "account_email",
        "account_change_password",
        "account_set_password",
        "account_reauthenticate",
        "mfa_index",
        "mfa_reauthenticate",
        "mfa_activate_totp",
        "mfa_deactivate_totp",
        "mfa_view_recovery_codes",
        "mfa_generate_recovery_codes",
        "mfa_download_recovery_codes",
        "mfa_list_webauthn",
        "mfa_add_webauthn",
        "mfa_reauthenticate_webauthn",
        "mfa_remove_webauthn",
        "mfa_edit_webauthn",
        "socialaccount_connections",
    }
)
# Pages on the way in, which hold nothing of anybody.
WAYS_IN: Final = frozenset(
    {
        "account_login",
        "account_logout",
        "account_inactive",
        "account_signup",
        "account_email_verification_sent",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
        "account_confirm_login_code",
        "account_confirm_email",
        "mfa_authenticate",
        "mfa_login_webauthn",
        "socialaccount_login_cancelled",
        "socialaccount_login_error",
        "socialaccount_signup",
        # Where these were in earlier versions of the library.
        "social/login/cancelled/",
        "social/login/error/",
        "social/signup/",
        "social/connections/",
        "github_login",
        "github_callback",
        "openid_connect_login",
        "openid_connect_callback",
    }
)
