"""What the API gives of drafts: what is known of their files, and what these would score."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from submissions.api.schema import EntrySerializer
from submissions.api.shapes import api_address, page_of
from submissions.drafts import first_open_step
from submissions.models import Draft, DraftFile
from submissions.trial_quota import trial_reason

TRIAL_STATUSES = ("none", "hidden", "waiting", "refused", "failed", "done")


class DraftFileShape(serializers.ModelSerializer[DraftFile]):
    """A file that is kept with a draft."""

    class Meta:
        model = DraftFile
        fields = ("name", "sha256", "size_bytes")
        read_only_fields = fields


class DraftTaskShape(serializers.Serializer[Any]):
    """How much of a task a file answers."""

    task = serializers.CharField()
    file = serializers.CharField()
    n = serializers.IntegerField()
    answered = serializers.IntegerField()


class TriedTaskShape(serializers.Serializer[Any]):
    """A task's score and its 95 % interval, as fractions."""

    task = serializers.CharField()
    mean = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class TriedShape(serializers.Serializer[Any]):
    """Scores under one scorer, and where they would rank; null where a task is missing."""

    average = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    rank_low = serializers.IntegerField(allow_null=True)
    rank_high = serializers.IntegerField(allow_null=True)
    ranked = serializers.IntegerField(
        allow_null=True, help_text="How many rows the board would then rank."
    )
    tasks = TriedTaskShape(many=True)


class TrialShape(serializers.Serializer[Any]):
    """What the files would score against today's board."""

    status = serializers.ChoiceField(
        choices=TRIAL_STATUSES,
        help_text="none: there are no files; hidden: the release's answers are, and scores are "
        "told only after sending; waiting: a worker is at it; refused: a day's trials are used, "
        "see `again_at`; failed, or done.",
    )
    reason = serializers.CharField(help_text="Why it was refused or failed.")
    again_at = serializers.DateTimeField(
        allow_null=True, help_text="When the next trial is free, where this one was refused."
    )
    scorers = serializers.DictField(child=TriedShape(), help_text="By scorer.")


class DraftShape(serializers.ModelSerializer[Draft]):
    """A submission on its way in; `submission` is what became of it."""

    id = serializers.CharField(source="public_id")
    url = serializers.SerializerMethodField()
    page = serializers.SerializerMethodField(help_text="Its page for people.")
    model = serializers.CharField(source="title", help_text="Its name.")
    model_slug = serializers.CharField(source="model.slug", default=None, allow_null=True)
    release = serializers.SerializerMethodField()
    declared = serializers.DictField(child=serializers.CharField())
    files = DraftFileShape(many=True)
    tasks = serializers.SerializerMethodField()
    missing_tasks = serializers.SerializerMethodField()
    warnings = serializers.SerializerMethodField()
    trial = serializers.SerializerMethodField()
    lacks = serializers.SerializerMethodField()
    submission = serializers.CharField(source="submission.public_id", default=None, allow_null=True)

    class Meta:
        model = Draft
        fields = (
            "id",
            "url",
            "page",
            "model",
            "model_slug",
            "suite",
            "release",
            "drop_first_number",
            "declared",
            "note",
            "files",
            "tasks",
            "missing_tasks",
            "warnings",
            "trial",
            "lacks",
            "created_at",
            "updated_at",
            "submission",
        )
        read_only_fields = fields

    def get_url(self, draft: Draft) -> str:
        """Where this is."""
        return api_address(self.context, "draft", draft.public_id)

    def get_page(self, draft: Draft) -> str:
        """Where a person goes on."""
        return page_of(self.context, draft.get_absolute_url())

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_release(self, draft: Draft) -> str | None:
        """The one that was named, or recognised from the files."""
        found: str | None = draft.release.name if draft.release else _report(draft).get("release")
        return found

    @extend_schema_field(DraftTaskShape(many=True))
    def get_tasks(self, draft: Draft) -> list[dict[str, Any]]:
        """What the files answer."""
        return list(_report(draft).get("tasks", []))

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_missing_tasks(self, draft: Draft) -> list[str]:
        """What no file answers."""
        return list(_report(draft).get("missing_tasks", []))

    @extend_schema_field(EntrySerializer(many=True))
    def get_warnings(self, draft: Draft) -> list[dict[str, Any]]:
        """What is worth knowing though it is taken."""
        return list(_report(draft).get("warnings", []))

    @extend_schema_field(TrialShape)
    def get_trial(self, draft: Draft) -> dict[str, Any]:
        """Ask again until it waits no more."""
        found = draft.trial or {}
        return {
            "status": _trial_status(draft),
            "reason": trial_reason(found),
            "again_at": found.get("again_at"),
            "scorers": found.get("scorers", {}),
        }

    @extend_schema_field(
        serializers.ChoiceField(choices=("model", "protocol", "upload"), allow_null=True)
    )
    def get_lacks(self, draft: Draft) -> str | None:
        """The first step that is not done before it can be sent; null: it can be."""
        step = first_open_step(draft)
        return None if step == "review" else step


def _report(draft: Draft) -> dict[str, Any]:
    found: dict[str, Any] = draft.report or {}
    return found


def _trial_status(draft: Draft) -> str:
    if draft.report is None:
        return "none"
    if draft.is_trial_due:
        return "waiting"
    if not draft.report["has_trial"]:
        return "hidden"
    found = draft.trial or {}
    if "again_at" in found:
        return "refused"
    return "failed" if "failed" in found else "done"
