"""All addresses of the site."""

from django.contrib import admin
from django.urls import include, path

from benchmark_site.health import health

urlpatterns = [
    path("healthz", health),
    path("", include("submissions.urls")),
    path("api/v1/", include("submissions.api.urls")),
    path("accounts/", include("allauth.urls")),
    path("account/", include("accounts.urls")),
    path("admin/", admin.site.urls),
]
