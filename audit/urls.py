"""Addresses of the audit log."""

from django.urls import path

from audit import views

app_name = "audit"
urlpatterns = [
    path("audit/", views.page, name="page"),
    path("audit/head.json", views.head, name="head"),
    path("audit.jsonl", views.export, name="export"),
]
