"""All addresses of the site."""

from django.contrib import admin
from django.urls import include, path

from benchmark_site.health import health, ready
from benchmark_site.language import choose_language
from benchmark_site.metrics import metrics

urlpatterns = [
    path("healthz", health),
    path("readyz", ready),
    path("metrics", metrics),
    path("language/<slug:code>/", choose_language, name="language"),
    path("", include("submissions.urls")),
    path("", include("audit.urls")),
    path("api/v1/", include("submissions.api.urls")),
    path("accounts/", include("allauth.urls")),
    path("account/notices/", include("notices.urls")),
    path("account/", include("accounts.urls")),
    path("admin/", admin.site.urls),
]
