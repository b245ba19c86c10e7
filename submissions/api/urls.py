"""Addresses below /api/v1/."""

from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView

from submissions.api import actions, board, catalogue, compare, evaluations, examples, models, runs
from submissions.api import queue as queue_api
from submissions.api import submissions as submissions_api
from submissions.api import uploads as uploads_api
from submissions.api.nowhere import NowhereView

app_name = "api"
urlpatterns = [
    path("me/", queue_api.MeView.as_view(), name="me"),
    path("models/", models.ModelsView.as_view(), name="models"),
    path("models/<slug:slug>/", models.ModelView.as_view(), name="model"),
    path("releases/", catalogue.ReleasesView.as_view(), name="releases"),
    path("releases/<slug:name>/", catalogue.ReleaseView.as_view(), name="release"),
    path("tasks/", catalogue.TasksView.as_view(), name="tasks"),
    path("tasks/<slug:slug>/", catalogue.TaskView.as_view(), name="task"),
    path("submissions/", submissions_api.SubmissionsView.as_view(), name="submissions"),
    path(
        "submissions/<slug:public_id>/",
        submissions_api.SubmissionView.as_view(),
        name="submission",
    ),
    path(
        "submissions/<slug:public_id>/examples/", examples.ExamplesView.as_view(), name="examples"
    ),
    path("submissions/<slug:public_id>/publish/", actions.PublishView.as_view(), name="publish"),
    path("submissions/<slug:public_id>/unlist/", actions.UnlistView.as_view(), name="unlist"),
    path("submissions/<slug:public_id>/withdraw/", actions.WithdrawView.as_view(), name="withdraw"),
    path("evaluations/", evaluations.EvaluationsView.as_view(), name="evaluations"),
    path(
        "evaluations/<int:evaluation_id>/",
        evaluations.EvaluationView.as_view(),
        name="evaluation",
    ),
    path("events/", evaluations.EventsView.as_view(), name="events"),
    path("board/", board.BoardView.as_view(), name="board"),
    path("compare/", compare.CompareView.as_view(), name="compare"),
    path("queue/", queue_api.QueueView.as_view(), name="queue"),
    path("runs/", runs.RunsView.as_view(), name="runs"),
    path("runs/<slug:public_id>/", runs.RunView.as_view(), name="run"),
    path("uploads/", uploads_api.UploadsView.as_view(), name="uploads"),
    path("uploads/<slug:public_id>/", uploads_api.UploadView.as_view(), name="upload"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    # Whatever else is asked for below /api/ is told no as everything here is.
    re_path(r"^[\s\S]*/$", NowhereView.as_view(), name="nowhere"),
]
