"""Endpoints: servers of model builders that our workers may ask."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from submissions.models.submission import new_public_id


class Endpoint(models.Model):
    """An OpenAI-compatible server, what it may be asked per minute, and what it costs.

    The key is kept sealed (sealing.py) and is written, never read, by pages, API and admin.
    """

    class Mode(models.TextChoices):
        CHAT = "chat", _("chat: messages, with the server’s own chat template")
        RAW = "raw", _("raw: a text that the model continues")

    class Style(models.TextChoices):
        OPENAI = "openai", _("OpenAI and what speaks like it: vLLM, SGLang, TGI, llama.cpp")
        AZURE = "azure", _("Azure: the key in a header of its own, and an API version")

    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="endpoints"
    )
    name = models.CharField(max_length=80)
    base_url = models.CharField(max_length=400)
    style = models.CharField(max_length=8, choices=Style, default=Style.OPENAI)
    api_version = models.CharField(max_length=40, blank=True)
    mode = models.CharField(max_length=4, choices=Mode, default=Mode.CHAT)
    # What the server calls the model.
    model_name = models.CharField(max_length=200)
    sealed_key = models.TextField(blank=True, editable=False)
    context_tokens = models.PositiveIntegerField()
    # `estimate-1`, or a Hugging Face repository at a commit: org/name@40-hex.
    tokenizer = models.CharField(max_length=200, default="estimate-1")
    requests_per_minute = models.PositiveIntegerField(null=True, blank=True)
    tokens_per_minute = models.PositiveIntegerField(null=True, blank=True)
    concurrency = models.PositiveSmallIntegerField(default=4)
    # US dollars per million tokens.
    price_in = models.DecimalField(max_digits=10, decimal_places=4, default=0)
    price_out = models.DecimalField(max_digits=10, decimal_places=4, default=0)
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)
    # The last try: when it was asked for, when it ended, and what came back.
    tried_at = models.DateTimeField(null=True)
    try_ended_at = models.DateTimeField(null=True)
    try_result = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["owner", "name"],
                condition=models.Q(retired_at=None),
                name="one_endpoint_a_name_and_owner",
            ),
            models.CheckConstraint(
                condition=models.Q(concurrency__gt=0, context_tokens__gt=0),
                name="an_endpoint_can_be_asked",
            ),
            models.CheckConstraint(
                condition=models.Q(requests_per_minute__gt=0) | models.Q(requests_per_minute=None),
                name="requests_per_minute_are_positive",
            ),
            models.CheckConstraint(
                condition=models.Q(tokens_per_minute__gt=0) | models.Q(tokens_per_minute=None),
                name="tokens_per_minute_are_positive",
            ),
            models.CheckConstraint(
                condition=models.Q(price_in__gte=0, price_out__gte=0),
                name="prices_are_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Where the endpoint's page is."""
        return reverse("submissions:endpoint", args=[self.public_id])

    @property
    def is_chat(self) -> bool:
        """Whether it is sent messages."""
        return self.mode == self.Mode.CHAT

    @property
    def is_priced(self) -> bool:
        """Whether its owner said what tokens cost; two zeros say nothing."""
        return bool(self.price_in or self.price_out)
