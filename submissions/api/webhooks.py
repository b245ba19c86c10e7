"""Webhooks and mails over the API: which addresses are called and when, and what came of it."""

from typing import Any, ClassVar, cast

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Scope, User
from notices.chosen import OFFERED, choose_mail, mail_kinds
from notices.models import Delivery, Webhook
from notices.tell import add_test
from notices.webhooks import NotTaken, add_webhook, rotate_secret, secret_of, send_again
from outbound.addresses import URL_CHARS
from submissions.api.base import ApiView
from submissions.api.inputs import LineField, StrictSerializer
from submissions.api.once import MadeOnce, answer_once
from submissions.api.pages import ListView
from submissions.api.problems import Problem, unfit
from submissions.api.shapes import api_address

NOTICE_KINDS = [kind.value for kind in OFFERED]


class KindsField(serializers.ListField):
    """What is told of, each kind once."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("child", serializers.ChoiceField(choices=NOTICE_KINDS))
        super().__init__(max_length=len(NOTICE_KINDS), **options)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """The kinds, without repetitions."""
        kinds = super().run_validation(data)
        return list(dict.fromkeys(kinds)) if isinstance(kinds, list) else kinds


class MailShape(serializers.Serializer[Any]):
    """Of what a person is told by mail, and of what one can be."""

    mail = serializers.ListField(child=serializers.CharField())
    offered = serializers.ListField(child=serializers.CharField())


class MailSerializer(StrictSerializer):
    """Of what to be told by mail; of nothing where the list is empty."""

    mail = KindsField(required=False)


class WebhookSerializer(StrictSerializer):
    """Which address to call, and when."""

    url = LineField(max_length=URL_CHARS, help_text="Called with POST and JSON, over https.")
    kinds = KindsField(min_length=1, required=False, help_text="Left out: of everything.")


class WebhookShape(serializers.ModelSerializer[Webhook]):
    """An address that is called for its owner's notices."""

    id = serializers.CharField(source="public_id")
    kinds = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Webhook
        fields = ("id", "url", "kinds", "created_at")
        read_only_fields = fields


class SecretWebhookShape(WebhookShape):
    """A webhook with the secret that its calls are signed with, this one time."""

    secret = serializers.SerializerMethodField(help_text="whsec_ and 32 bytes in base64.")

    class Meta:
        model = Webhook
        fields = (*WebhookShape.Meta.fields, "secret")
        read_only_fields = fields

    def get_secret(self, webhook: Webhook) -> str:
        """As the receiver keeps it."""
        return secret_of(webhook)


class DeliveryShape(serializers.ModelSerializer[Delivery]):
    """One notice on its way: `event_id` is the same at every try."""

    class Meta:
        model = Delivery
        fields = (
            "id",
            "event_id",
            "kind",
            "created_at",
            "due_at",
            "attempts",
            "delivered_at",
            "given_up_at",
            "status",
            "error",
        )
        read_only_fields = fields


def own_webhooks(request: Request) -> QuerySet[Webhook]:
    """The reader's."""
    return Webhook.objects.filter(owner=request.user.pk)


def own_webhook(request: Request, public_id: str) -> Webhook:
    """One of the reader's.  Raises: Http404 for everybody else's, and for none."""
    return get_object_or_404(own_webhooks(request), public_id=public_id)


class NoticesView(ApiView):
    """`/notices/`."""

    is_public = False
    shape = MailShape
    parser_classes = (JSONParser,)
    scopes: ClassVar = {"PATCH": Scope.MANAGE}
    problems: ClassVar = {"PATCH": (415,)}

    @extend_schema(summary="Read which mails you get", responses=MailShape)
    def get(self, request: Request) -> Response:
        """And of what there could be one."""
        return self.answer({"mail": mail_kinds(cast(User, request.user)), "offered": NOTICE_KINDS})

    @extend_schema(summary="Choose your mails", request=MailSerializer, responses={200: MailShape})
    def patch(self, request: Request) -> Response:
        """Of what you are told by mail from now on."""
        asked = MailSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        person = cast(User, request.user)
        if "mail" in asked.validated_data:
            choose_mail(person, asked.validated_data["mail"])
        return self.answer({"mail": mail_kinds(person), "offered": NOTICE_KINDS})


class WebhooksView(MadeOnce, ListView):
    """`/webhooks/`."""

    is_public = False
    shape = WebhookShape
    parser_classes = (JSONParser,)
    scopes: ClassVar = {"POST": Scope.MANAGE}
    problems: ClassVar = {"POST": (409, 415, 422)}

    def get_queryset(self) -> QuerySet[Webhook]:
        """One's own."""
        return own_webhooks(self.request)

    @extend_schema(summary="List your webhooks", responses=WebhookShape(many=True))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Without their secrets."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        summary="Add a webhook", request=WebhookSerializer, responses={201: SecretWebhookShape}
    )
    def post(self, request: Request) -> Response:
        """The answer has the secret, which no other answer has."""
        answer = answer_once(self, request, lambda _tried_at: self._add(request))
        if answer.status_code == 201:
            # Beside what is remembered for the key: a secret is derived, and stored nowhere.
            made = own_webhooks(request).filter(public_id=answer.data["id"], version=1).first()
            answer.data = {**answer.data, "secret": secret_of(made) if made else ""}
        return answer

    def _add(self, request: Request) -> Response:
        asked = WebhookSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        try:
            kinds = data.get("kinds", NOTICE_KINDS)
            made = add_webhook(cast(User, request.user), data["url"], kinds, now=timezone.now())
        except NotTaken as error:
            raise unfit("url", str(error)) from error
        address = api_address({"request": request}, "webhook", made.public_id)
        body = WebhookShape(made).data
        return Response(dict(body), status=201, headers={"Location": address})


class WebhookView(ApiView):
    """`/webhooks/<id>/`."""

    is_public = False
    shape = WebhookShape
    scopes: ClassVar = {"DELETE": Scope.MANAGE}

    @extend_schema(summary="Read a webhook", responses=WebhookShape)
    def get(self, request: Request, public_id: str) -> Response:
        """Without its secret."""
        return self.answer(own_webhook(request, public_id))

    @extend_schema(summary="Delete a webhook", responses={204: None})
    def delete(self, request: Request, public_id: str) -> Response:
        """Nothing is sent there any more."""
        own_webhook(request, public_id).delete()
        return Response(status=204)


class WebhookActionView(ApiView):
    """Base of what its owner may do with a webhook."""

    is_public = False
    parser_classes = ()
    scopes: ClassVar = {"POST": Scope.MANAGE}


class RotateView(WebhookActionView):
    """`/webhooks/<id>/rotate/`."""

    @extend_schema(
        summary="Give a webhook a new secret",
        operation_id="webhooks_rotate",
        request=None,
        responses={200: SecretWebhookShape},
    )
    def post(self, request: Request, public_id: str) -> Response:
        """Calls are signed with it from now on; it is in this answer and in no other."""
        found = own_webhook(request, public_id)
        rotate_secret(found)
        return Response(SecretWebhookShape(found).data)


class TestView(WebhookActionView):
    """`/webhooks/<id>/test/`."""

    @extend_schema(
        summary="Test a webhook",
        operation_id="webhooks_test",
        request=None,
        responses={202: WebhookShape},
    )
    def post(self, request: Request, public_id: str) -> Response:
        """Send a notice that tells of nothing; its deliveries say whether it arrived."""
        found = own_webhook(request, public_id)
        add_test(found, now=timezone.now())
        return Response(WebhookShape(found).data, status=202)


class DeliveriesView(ListView):
    """`/webhooks/<id>/deliveries/`."""

    is_public = False
    shape = DeliveryShape

    def get_queryset(self) -> QuerySet[Delivery]:
        """Those of one's own webhook."""
        of_one = own_webhooks(self.request).filter(public_id=self.kwargs.get("public_id"))
        return Delivery.objects.filter(webhook__in=of_one)

    @extend_schema(summary="List a webhook’s calls", responses=DeliveryShape(many=True))
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Newest first, for 30 days: what was sent, and what came of the latest try."""
        own_webhook(request, kwargs["public_id"])
        return super().get(request, *args, **kwargs)


class AgainView(WebhookActionView):
    """`/webhooks/<id>/deliveries/<id>/again/`."""

    problems: ClassVar = {"POST": (409,)}

    @extend_schema(
        summary="Send a notice again",
        operation_id="webhooks_again",
        request=None,
        responses={202: DeliveryShape},
    )
    def post(self, request: Request, public_id: str, delivery_id: str) -> Response:
        """One that was given up; its id stays the same."""
        found = own_webhook(request, public_id)
        delivery = found.deliveries.filter(pk=int(delivery_id)).first()
        if delivery is None:
            raise Http404("no such delivery")
        if not send_again(delivery, now=timezone.now()):
            raise Problem("not-possible", "It waits, or has arrived.")
        delivery.refresh_from_db()
        return Response(DeliveryShape(delivery).data, status=202)
