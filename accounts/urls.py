"""Addresses below /account/."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("tokens/", views.tokens, name="tokens"),
    path("tokens/<slug:token_key>/revoke/", views.token_revoke, name="token_revoke"),
]
