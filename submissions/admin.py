"""What organizers see in Django's admin: everything to read, hardly anything to change.

Evaluations, results and standings are facts; they change through their rooms only.
"""

from typing import Any, ClassVar

from django.contrib import admin
from django.db import models
from django.forms import ModelForm
from django.http import HttpRequest

from audit.admin import AuditedAdmin
from submissions.lines import refresh_lines
from submissions.models import (
    BoardEvent,
    Evaluation,
    ModelEntry,
    Release,
    ReportedScore,
    Submission,
)


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    """Shows rows and changes none."""

    def has_add_permission(self, _request: HttpRequest) -> bool:
        """Nobody adds a fact by hand."""
        return False

    def has_change_permission(
        self, _request: HttpRequest, _obj: models.Model | None = None
    ) -> bool:
        """Nobody changes a fact by hand."""
        return False

    def has_delete_permission(
        self, _request: HttpRequest, _obj: models.Model | None = None
    ) -> bool:
        """Nobody deletes a fact by hand."""
        return False


@admin.register(ModelEntry)
class ModelEntryAdmin(AuditedAdmin):
    """Curating: names, organizations and links may be mended."""

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
    """Who submitted what."""

    list_display = ("public_id", "model", "release", "submitter", "visibility", "created_at")
    list_filter = ("visibility", "provenance", "release")
    search_fields = ("public_id", "model__name")


@admin.register(Evaluation)
class EvaluationAdmin(ReadOnlyAdmin):
    """What runs, and what failed and why."""

    list_display = ("pk", "submission", "status", "attempts", "worker", "failure", "created_at")
    list_filter = ("status", "failure")


@admin.register(Release)
class ReleaseAdmin(ReadOnlyAdmin):
    """Which data there are."""

    list_display = ("name", "title", "suite", "board", "source", "created_at")


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
