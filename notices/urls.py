"""Addresses below /account/notices/."""

from django.urls import path

from notices import views

app_name = "notices"
urlpatterns = [
    path("", views.notices, name="notices"),
    path("mail/", views.mail, name="mail"),
    path("webhooks/", views.webhooks, name="webhooks"),
    path("webhooks/<slug:public_id>/", views.deliveries, name="deliveries"),
    path("webhooks/<slug:public_id>/rotate/", views.rotate, name="rotate"),
    path("webhooks/<slug:public_id>/delete/", views.delete, name="delete"),
    path("webhooks/<slug:public_id>/test/", views.test, name="test"),
    path("webhooks/<slug:public_id>/<int:delivery_id>/again/", views.again, name="again"),
]
