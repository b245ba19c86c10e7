"""Models of the Hugging Face Hub, or of this site's own folder, that our workers run themselves."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from submissions.models.submission import new_public_id


class HubModel(models.Model):
    """A repository at a commit, how it is asked, and what its files say of it."""

    class Mode(models.TextChoices):
        CHAT = "chat", _("chat: messages, with the model’s own chat template")
        RAW = "raw", _("base: a text that the model continues")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="hub_models"
    )
    # org/name, as on the Hub and as below the folder of local models.
    repository = models.CharField(max_length=200)
    # As its owner named it, and what it stood for at that moment.
    revision = models.CharField(max_length=100)
    commit = models.CharField(max_length=40)
    is_local = models.BooleanField(default=False)
    mode = models.CharField(max_length=4, choices=Mode, default=Mode.CHAT)
    context_tokens = models.PositiveIntegerField()
    # What it takes to run it on cards, and what of it are weights, in bytes.
    needed_bytes = models.BigIntegerField()
    weight_bytes = models.BigIntegerField()
    # Architecture, sizes, licence, hashes of tokenizer and chat template.
    facts = models.JSONField()
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(commit__regex=r"^[0-9a-f]{40}$"),
                name="a_hub_model_has_its_commit",
            ),
            models.CheckConstraint(
                condition=models.Q(context_tokens__gt=0, needed_bytes__gt=0, weight_bytes__gt=0),
                name="a_hub_model_has_its_sizes",
            ),
        ]

    def __str__(self) -> str:
        return self.tokenizer

    def get_absolute_url(self) -> str:
        """Where the model's page is."""
        return reverse("submissions:hub-model", args=[self.public_id])

    @property
    def is_chat(self) -> bool:
        """Whether it is asked through its chat template."""
        return self.mode == self.Mode.CHAT

    @property
    def tokenizer(self) -> str:
        """What counts its tokens: its own, at its commit."""
        return f"{self.repository}@{self.commit}"
