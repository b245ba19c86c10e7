"""Addresses below /api/v1/."""

from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView

from submissions.api import (
    actions,
    board,
    catalogue,
    compare,
    contexts,
    differing,
    drafts,
    endpoints,
    evaluations,
    examples,
    files,
    how_run,
    hub_models,
    models,
    organizations,
    prompts,
    run_actions,
    runs,
    series,
    webhooks,
)
from submissions.api import queue as queue_api
from submissions.api import submissions as submissions_api
from submissions.api import uploads as uploads_api
from submissions.api.nowhere import NowhereView
from submissions.api.schema import KeptGenerator

app_name = "api"
urlpatterns = [
    path("me/", queue_api.MeView.as_view(), name="me"),
    path("models/", models.ModelsView.as_view(), name="models"),
    path("models/<slug:slug>/", models.ModelView.as_view(), name="model"),
    path("releases/", catalogue.ReleasesView.as_view(), name="releases"),
    path("releases/<slug:name>/", catalogue.ReleaseView.as_view(), name="release"),
    path("releases/<slug:name>/files/", contexts.ReleaseFilesView.as_view(), name="release-files"),
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
    path("submissions/<slug:public_id>/run/", how_run.HowRunView.as_view(), name="how-run"),
    path("submissions/<slug:public_id>/prompts/", prompts.PromptsView.as_view(), name="prompts"),
    path("submissions/<slug:public_id>/files/", files.FilesView.as_view(), name="files"),
    re_path(
        r"^submissions/(?P<public_id>[-\w]+)/files/(?P<sha256>[0-9a-f]{64})/$",
        files.FileView.as_view(),
        name="file",
    ),
    path("submissions/<slug:public_id>/publish/", actions.PublishView.as_view(), name="publish"),
    path("submissions/<slug:public_id>/unlist/", actions.UnlistView.as_view(), name="unlist"),
    path(
        "submissions/<slug:public_id>/undo-publish/",
        actions.UndoPublishView.as_view(),
        name="undo-publish",
    ),
    path(
        "submissions/<slug:public_id>/supersede/", actions.SupersedeView.as_view(), name="supersede"
    ),
    path("submissions/<slug:public_id>/withdraw/", actions.WithdrawView.as_view(), name="withdraw"),
    path("drafts/", drafts.DraftsView.as_view(), name="drafts"),
    path("drafts/<slug:public_id>/", drafts.DraftView.as_view(), name="draft"),
    path("drafts/<slug:public_id>/send/", drafts.DraftSendView.as_view(), name="draft-send"),
    path("evaluations/", evaluations.EvaluationsView.as_view(), name="evaluations"),
    path(
        "evaluations/<int:evaluation_id>/",
        evaluations.EvaluationView.as_view(),
        name="evaluation",
    ),
    path("events/", evaluations.EventsView.as_view(), name="events"),
    path("board/", board.BoardView.as_view(), name="board"),
    path("compare/", compare.CompareView.as_view(), name="compare"),
    path("compare/examples/", differing.DifferingView.as_view(), name="compare-examples"),
    path("series/<slug:series>/", series.SeriesView.as_view(), name="series"),
    path(
        "series/<slug:series>/models/<slug:slug>/",
        series.SeriesModelView.as_view(),
        name="series-model",
    ),
    path("queue/", queue_api.QueueView.as_view(), name="queue"),
    path("runs/", runs.RunsView.as_view(), name="runs"),
    path("runs/<slug:public_id>/", runs.RunView.as_view(), name="run"),
    path("runs/<slug:public_id>/pause/", run_actions.PauseView.as_view(), name="run-pause"),
    path("runs/<slug:public_id>/resume/", run_actions.ResumeView.as_view(), name="run-resume"),
    path("runs/<slug:public_id>/cancel/", run_actions.CancelView.as_view(), name="run-cancel"),
    path("endpoints/", endpoints.EndpointsView.as_view(), name="endpoints"),
    path("endpoints/<slug:public_id>/", endpoints.EndpointView.as_view(), name="endpoint"),
    path(
        "endpoints/<slug:public_id>/try/", endpoints.EndpointTryView.as_view(), name="endpoint-try"
    ),
    path("hub-models/", hub_models.HubModelsView.as_view(), name="hub-models"),
    path("hub-models/<slug:public_id>/", hub_models.HubModelView.as_view(), name="hub-model"),
    path("organizations/", organizations.OrganizationsView.as_view(), name="organizations"),
    path(
        "organizations/<slug:slug>/", organizations.OrganizationView.as_view(), name="organization"
    ),
    re_path(
        r"^organizations/(?P<slug>[-\w]+)/members/(?P<person_id>[0-9]{1,18})/$",
        organizations.MemberView.as_view(),
        name="member",
    ),
    path(
        "organizations/<slug:slug>/invitations/",
        organizations.InvitationsView.as_view(),
        name="invitations",
    ),
    re_path(
        r"^organizations/(?P<slug>[-\w]+)/invitations/(?P<invitation_id>[0-9]{1,18})/$",
        organizations.InvitationView.as_view(),
        name="invitation",
    ),
    path("invitations/accept/", organizations.AcceptView.as_view(), name="invitation-accept"),
    path("notices/", webhooks.NoticesView.as_view(), name="notices"),
    path("webhooks/", webhooks.WebhooksView.as_view(), name="webhooks"),
    path("webhooks/<slug:public_id>/", webhooks.WebhookView.as_view(), name="webhook"),
    path("webhooks/<slug:public_id>/rotate/", webhooks.RotateView.as_view(), name="webhook-rotate"),
    path("webhooks/<slug:public_id>/test/", webhooks.TestView.as_view(), name="webhook-test"),
    path(
        "webhooks/<slug:public_id>/deliveries/",
        webhooks.DeliveriesView.as_view(),
        name="deliveries",
    ),
    re_path(
        r"^webhooks/(?P<public_id>[-\w]+)/deliveries/(?P<delivery_id>[0-9]{1,18})/again/$",
        webhooks.AgainView.as_view(),
        name="delivery-again",
    ),
    path("uploads/", uploads_api.UploadsView.as_view(), name="uploads"),
    path("uploads/<slug:public_id>/", uploads_api.UploadView.as_view(), name="upload"),
    path("schema/", SpectacularAPIView.as_view(generator_class=KeptGenerator), name="schema"),
    # Whatever else is asked for below /api/ is told no as everything here is.
    re_path(r"^[\s\S]*/$", NowhereView.as_view(), name="nowhere"),
]
