"""The files of a generated release over the API: where a program gets them."""

from typing import Any
from urllib.parse import urlencode

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from submissions.api.base import ApiView
from submissions.api.shapes import page_of
from submissions.contexts import LINK_LIFE, generated_releases, sign_link
from submissions.models import Release
from submissions.rounds import has_opened


class ContextFileShape(serializers.Serializer[Any]):
    """A task's file as JSON lines."""

    task = serializers.CharField()
    url = serializers.CharField(help_text="Needs no token: while answers are secret, it is yours.")


class ContextFilesShape(serializers.Serializer[Any]):
    """The files of a release; none before its round opens."""

    with_answers = serializers.BooleanField()
    works_for_seconds = serializers.IntegerField(
        allow_null=True, help_text="How long from now the addresses work; null: always."
    )
    files = ContextFileShape(many=True)


class ReleaseFilesView(ApiView):
    """`/releases/<name>/files/`."""

    shape = ContextFilesShape

    @extend_schema(
        summary="Find the files of a generated release",
        operation_id="releases_files",
        responses=ContextFilesShape,
    )
    def get(self, request: Request, name: str) -> Response:
        """Whole; or, while its answers are secret, without these and to who is signed in."""
        release = get_object_or_404(generated_releases(), name=name)
        key = _key(request, release)
        tasks = release.tasks.order_by("task").values_list("task", flat=True)
        is_open = has_opened(release.round, now=timezone.now())
        answer = self.answer(
            {
                "with_answers": release.are_answers_public,
                "works_for_seconds": round(LINK_LIFE.total_seconds()) if key else None,
                "files": [
                    {"task": task, "url": page_of({"request": request}, _path(name, task, key))}
                    for task in (tasks if is_open else [])
                ],
            }
        )
        if key:
            # A key is its owner's: no cache in between may keep it.
            answer["Cache-Control"] = "private, no-store"
        return answer


def _key(request: Request, release: Release) -> str:
    """What opens the files; empty where everybody may have them.

    Raises:
        NotAuthenticated: if they are for who is signed in.
    """
    if release.are_answers_public:
        return ""
    if not isinstance(request.user, User):
        raise NotAuthenticated
    return sign_link(release, request.user)


def _path(name: str, task: str, key: str) -> str:
    path = reverse("submissions:contexts", args=[name, task])
    return f"{path}?{urlencode({'key': key})}" if key else path
