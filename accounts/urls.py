"""Addresses below /account/."""

from django.urls import path, re_path

from accounts.views import invitations, organizations, tokens

app_name = "accounts"
urlpatterns = [
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/<slug:token_key>/revoke/", tokens.token_revoke, name="token_revoke"),
    path("organizations/", organizations.organizations, name="organizations"),
    path("organizations/<slug:slug>/", organizations.organization, name="organization"),
    path("organizations/<slug:slug>/invite/", invitations.invitations, name="invite"),
    path(
        "organizations/<slug:slug>/invitations/<int:invitation_id>/withdraw/",
        invitations.withdraw_invitation,
        name="invitation_withdraw",
    ),
    # A number that no database holds is nobody's.
    re_path(
        r"^organizations/(?P<slug>[-\w]+)/members/(?P<person_id>[0-9]{1,18})/role/$",
        organizations.role,
        name="role",
    ),
    re_path(
        r"^organizations/(?P<slug>[-\w]+)/members/(?P<person_id>[0-9]{1,18})/remove/$",
        organizations.remove,
        name="member_remove",
    ),
    path("invitations/<str:secret>/", invitations.invitation, name="invitation"),
]
