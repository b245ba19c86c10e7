"""Addresses of the pages."""

from django.urls import path, re_path

from submissions.views import (
    actions,
    board,
    compare,
    docs,
    exports,
    front,
    home,
    lists,
    models,
    organization,
    shared,
    submission,
    submit,
    tasks,
    wizard,
    wizard_files,
)

app_name = "submissions"
urlpatterns = [
    path("", home.home, name="home"),
    path("leaderboard/", board.leaderboard, name="leaderboard"),
    path("leaderboard/rows/<slug:public_id>/", board.row, name="board-row"),
    re_path(
        r"^leaderboard\.(?P<suffix>csv|json|parquet|tex|md)$",
        exports.leaderboard,
        name="leaderboard-export",
    ),
    path("leaderboard.atom", shared.feed, name="board-feed"),
    path("leaderboard.png", shared.picture, name="board-picture"),
    path("models/<slug:slug>/badge.svg", shared.badge, name="badge"),
    path("leaderboard/chart/<slug:name>.json", front.chart, name="board-chart"),
    path("tasks/", tasks.tasks, name="tasks"),
    path("tasks/chart/<slug:name>.json", tasks.tasks_chart, name="tasks-chart"),
    path("tasks/<slug:slug>/", tasks.task, name="task"),
    path("tasks/<slug:slug>/chart/<slug:name>.json", tasks.task_chart, name="task-chart"),
    path("models/<slug:slug>/", models.model, name="model"),
    path("models/<slug:slug>/chart/<slug:name>.json", models.chart, name="model-chart"),
    path("submit/", wizard.start, name="submit"),
    path("submit/one-page/", submit.submit, name="submit-one-page"),
    path("submit/<slug:public_id>/", wizard.resume, name="draft"),
    path("submit/<slug:public_id>/model/", wizard.model, name="draft-model"),
    path("submit/<slug:public_id>/protocol/", wizard.protocol, name="draft-protocol"),
    path("submit/<slug:public_id>/upload/", wizard_files.upload, name="draft-upload"),
    path("submit/<slug:public_id>/review/", wizard_files.review, name="draft-review"),
    path("submit/<slug:public_id>/discard/", wizard.discard, name="draft-discard"),
    path("s/<slug:public_id>/", submission.submission, name="submission"),
    path("s/<slug:public_id>/examples/<slug:task>/", submission.examples, name="examples"),
    path("s/<slug:public_id>/withdraw/", actions.withdraw, name="withdraw"),
    path("s/<slug:public_id>/publish/", actions.publish, name="publish"),
    path("s/<slug:public_id>/undo-publish/", actions.undo_publish, name="undo-publish"),
    path("s/<slug:public_id>/unlist/", actions.unlist, name="unlist"),
    path("s/<slug:public_id>/rename/", actions.rename, name="rename"),
    path("s/<slug:public_id>/supersede/", actions.supersede, name="supersede"),
    re_path(
        r"^s/(?P<public_id>[-\w]+)/files/(?P<sha256>[0-9a-f]{64})/$", submission.file, name="file"
    ),
    # Addresses are written by hand and by other programs: with and without a slash at the end.
    re_path(r"^compare/?$", compare.compare, name="compare"),
    re_path(r"^compare/examples/?$", compare.differing, name="compare-examples"),
    path("compare/chart/<slug:name>.json", compare.chart, name="compare-chart"),
    path("mine/", lists.mine, name="mine"),
    path(
        "account/organizations/<slug:slug>/models/",
        organization.organization_models,
        name="organization-models",
    ),
    path("account/organizations/<slug:slug>/share/", organization.share, name="share"),
    path(
        "account/organizations/<slug:slug>/models/<slug:model>/unshare/",
        organization.unshare,
        name="unshare",
    ),
    path("queue/", lists.queue, name="queue"),
    path("docs/<slug:name>/", docs.docs, name="docs"),
]
