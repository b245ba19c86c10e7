"""What the API gives and takes of organizations."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Invitation, Membership
from accounts.organizations import OWNER
from submissions.api.inputs import LineField, NameField, StrictSerializer
from submissions.api.quota import QuotaShape
from submissions.quota import quota_of


class OrganizationShape(serializers.Serializer[Any]):
    """An organization that the reader belongs to."""

    slug = serializers.CharField(source="organization.slug")
    name = serializers.CharField(source="organization.name")
    role = serializers.ChoiceField(choices=Membership.Role.values)
    quota = serializers.SerializerMethodField()

    @extend_schema_field(QuotaShape)
    def get_quota(self, membership: Membership) -> dict[str, Any]:
        """What all members together have left."""
        quota = quota_of(membership.organization, now=timezone.now())
        return dict(QuotaShape(quota).data)


class MemberShape(serializers.Serializer[Any]):
    """A member; the address is the owners' to see."""

    id = serializers.IntegerField(source="user_id")
    name = serializers.CharField(source="user")
    email = serializers.CharField(allow_null=True)
    role = serializers.ChoiceField(choices=Membership.Role.values)
    joined_at = serializers.DateTimeField()


class InvitationShape(serializers.ModelSerializer[Invitation]):
    """An invitation that nobody has accepted yet; its secret is in the mail alone."""

    class Meta:
        model = Invitation
        fields = ("id", "email", "role", "created_at", "expires_at")
        read_only_fields = fields


class OrganizationDetailShape(OrganizationShape):
    """An organization with its members, and for its owners with the open invitations."""

    members = serializers.SerializerMethodField()
    invitations = serializers.SerializerMethodField()

    @extend_schema_field(MemberShape(many=True))
    def get_members(self, membership: Membership) -> list[dict[str, Any]]:
        """In the order in which they joined."""
        rows = list(membership.organization.memberships.select_related("user"))
        for row in rows:
            row.email = row.user.email if membership.role == OWNER else None  # type: ignore[attr-defined]
        return [dict(MemberShape(row).data) for row in rows]

    @extend_schema_field(InvitationShape(many=True))
    def get_invitations(self, membership: Membership) -> list[dict[str, Any]]:
        """Empty for who is no owner."""
        if membership.role != OWNER:
            return []
        rows = membership.organization.invitations.filter(expires_at__gt=timezone.now())
        return [dict(InvitationShape(row).data) for row in rows]


class FoundSerializer(StrictSerializer):
    """What a new organization is called."""

    name = NameField(max_length=80, help_text="Shown beside the models that it shares.")


class RoleChangeSerializer(StrictSerializer):
    """Another part for a member; left out, it stays."""

    role = serializers.ChoiceField(choices=Membership.Role.choices, required=False)


class InviteSerializer(StrictSerializer):
    """Whom to invite, and as what."""

    role = serializers.ChoiceField(choices=Membership.Role.choices)

    email = serializers.EmailField(max_length=254)


class AcceptSerializer(StrictSerializer):
    """What stands last in the link of an invitation."""

    secret = LineField(max_length=200)
