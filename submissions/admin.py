"""What organizers see in Django's admin: everything to read, hardly anything to change.

Evaluations, results and standings are facts; they change through their rooms only.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, cast

from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Model, QuerySet
from django.forms import CharField, ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone

from audit.admin import AuditedAdmin, ReadOnlyAdmin
from audit.log import organizer
from submissions import organizing
from submissions.lines import refresh_lines
from submissions.models import (
    BoardEvent,
    Evaluation,
    ModelEntry,
    Release,
    ReportedScore,
    RescoreReport,
    Submission,
)
from submissions.reports import NotApplied, apply_report, ask_report, moved


class ReasonForm(ActionForm):
    """An action's name, and the reason that a withdrawal needs."""

    reason = CharField(required=False, max_length=300)


@admin.register(ModelEntry)
class ModelEntryAdmin(AuditedAdmin):
    """Curating: names, organizations and links may be mended."""

    formfield_overrides: ClassVar = {models.URLField: {"assume_scheme": "https"}}

    list_display = ("name", "organization", "weights", "owner", "created_at")
    list_filter = ("weights",)
    search_fields = ("name", "organization")
    readonly_fields = ("slug", "owner", "shared_with", "created_at")

    def has_add_permission(self, _request: HttpRequest) -> bool:
        """A model is entered with its first submission."""
        return False

    def has_delete_permission(
        self, _request: HttpRequest, _obj: models.Model | None = None
    ) -> bool:
        """A model goes with its owner's account, never from here: its rows would go unsaid."""
        return False

    def save_model(
        self, request: HttpRequest, obj: ModelEntry, form: ModelForm[ModelEntry], change: bool
    ) -> None:
        """Mend the entry, and what the board finds it by."""
        super().save_model(request, obj, form, change)
        refresh_lines(obj)


@admin.register(Submission)
class SubmissionAdmin(ReadOnlyAdmin):
    """Who submitted what, and what organizers may do with it."""

    list_display = ("public_id", "model", "release", "submitter", "visibility", "created_at")
    list_filter = ("visibility", "provenance", "release")
    search_fields = ("public_id", "model__name")
    actions = ("verify", "hide", "withdraw")
    action_form = ReasonForm

    @admin.action(description="Verify: looked at, and as it is said to be", permissions=["act"])
    def verify(self, request: HttpRequest, chosen: QuerySet[Submission]) -> None:
        """Mark public submissions as verified."""
        self._each(request, chosen, organizing.verify_submission)

    @admin.action(description="Hide: off every list", permissions=["act"])
    def hide(self, request: HttpRequest, chosen: QuerySet[Submission]) -> None:
        """Unlist public submissions."""
        self._each(request, chosen, organizing.hide_submission)

    @admin.action(description="Withdraw, for the reason beside", permissions=["act"])
    def withdraw(self, request: HttpRequest, chosen: QuerySet[Submission]) -> None:
        """Withdraw submissions; a reason must be given, and everybody reads it."""
        reason = " ".join(request.POST.get("reason", "").replace("\0", "").split())[:300]
        if not reason:
            self.message_user(request, "Write a reason first.", messages.ERROR)
            return
        self._each(request, chosen, partial(organizing.withdraw_for_organizers, reason=reason))

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Who may change submissions in Django's own terms."""
        return request.user.has_perm("submissions.change_submission")

    def _each(
        self, request: HttpRequest, chosen: QuerySet[Submission], act: Callable[..., bool]
    ) -> None:
        actor, now = organizer(cast(Model, request.user)), timezone.now()
        related = chosen.select_related("model", "release")
        done = sum(act(one, actor=actor, now=now) for one in related)
        self.message_user(request, f"Done for {done} of {len(related)} submissions.")


@admin.register(Evaluation)
class EvaluationAdmin(ReadOnlyAdmin):
    """What runs, and what failed and why."""

    list_display = ("pk", "submission", "status", "attempts", "worker", "failure", "created_at")
    list_filter = ("status", "failure")


@admin.register(Release)
class ReleaseAdmin(ReadOnlyAdmin):
    """Which data there are."""

    list_display = ("name", "title", "suite", "board", "source", "created_at")
    actions = ("report",)

    @admin.action(description="Report what a re-score of its board would move")
    def report(self, request: HttpRequest, chosen: QuerySet[Release]) -> HttpResponse:
        """Ask for a report of each board; nothing moves until one is applied."""
        actor = organizer(cast(Model, request.user))
        for board in sorted(set(chosen.values_list("board", flat=True))):
            ask_report(board, actor=actor, now=timezone.now())
        return redirect("admin:submissions_rescorereport_changelist")


@admin.register(ReportedScore)
class ReportedScoreAdmin(ReadOnlyAdmin):
    """What the authors printed."""

    list_display = ("model", "task", "value", "below", "scorer")
    list_filter = ("model",)


@admin.register(BoardEvent)
class BoardEventAdmin(ReadOnlyAdmin):
    """What changed the board."""

    list_display = ("at", "kind", "submission")
    list_filter = ("kind",)
    date_hierarchy: ClassVar[str] = "at"


@admin.register(RescoreReport)
class RescoreReportAdmin(ReadOnlyAdmin):
    """What a re-score would move; applying it is a button of its own."""

    list_display = ("board", "created_at", "is_computed", "job")
    fields = ("board", "created_at", "failed", "job")

    @admin.display(boolean=True)
    def is_computed(self, report: RescoreReport) -> bool:
        """Whether a worker has answered."""
        return report.rows is not None

    def get_urls(self) -> list[URLPattern]:
        """The button's address beside the usual ones."""
        apply = self.admin_site.admin_view(self.apply_view)
        own = path("<int:report_id>/apply/", apply, name="submissions_rescorereport_apply")
        return [own, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """The report with every row that would move."""
        report = RescoreReport.objects.filter(pk=object_id).first() if object_id.isdigit() else None
        more = {"moved": moved(report) if report else [], "may_apply": self._may_apply(request)}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    def apply_view(self, request: HttpRequest, report_id: int) -> HttpResponse:
        """Start the job, for who posts and may."""
        if request.method != "POST" or not self._may_apply(request):
            raise PermissionDenied
        report = get_object_or_404(RescoreReport, pk=report_id)
        try:
            job = apply_report(
                report, actor=organizer(cast(Model, request.user)), now=timezone.now()
            )
        except NotApplied as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            self.message_user(request, f"Started {job}.")
        return redirect("admin:submissions_rescorereport_change", report_id)

    def _may_apply(self, request: HttpRequest) -> bool:
        return request.user.has_perm("submissions.change_rescorereport")
