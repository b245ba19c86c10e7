"""Addresses below /api/v1/."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView

from submissions.api.board import BoardView
from submissions.api.uploads import SubmissionsView, SubmissionView

app_name = "api"
urlpatterns = [
    path("submissions/", SubmissionsView.as_view(), name="submissions"),
    path("submissions/<slug:public_id>/", SubmissionView.as_view(), name="submission"),
    path("board/", BoardView.as_view(), name="board"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
]
