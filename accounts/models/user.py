"""The user, known by e-mail address, and the tokens that a user's scripts carry."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken


class UserManager(BaseUserManager["User"]):
    """Makes users without a user name; `create_superuser` serves the command of that name."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Store a new user.  Without a password nobody can sign in as that user."""
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Store a new user with every permission."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person.  The e-mail address is never shown to others; `name` is, where it is set."""

    email = models.EmailField("e-mail address", unique=True)
    name = models.CharField(max_length=80, blank=True, help_text="Shown beside your submissions.")
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now)
    # Set where a person has left: the row is empty, and only what was published refers to it.
    closed_at = models.DateTimeField(null=True, editable=False)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(Lower("email"), name="one_user_an_email")]

    def __str__(self) -> str:
        if self.closed_at is not None:
            return gettext("a closed account")
        return self.name or f"user {self.pk}"


class Scope(models.TextChoices):
    """What a token may do; what it may not, its user must do on the site."""

    READ = "read", _("Read: what you may see, private submissions too")
    SUBMIT = "submit", _("Submit: check, upload and submit predictions, add models, start runs")
    MANAGE = (
        "manage",
        _(
            "Manage: publish and withdraw submissions, change models, endpoints, runs, "
            "organizations and webhooks"
        ),
    )


class ApiToken(AbstractAuthToken):  # type: ignore[misc]  # knox has no type hints.
    """A secret that lets a script act as its user; only its hash is stored."""

    name = models.CharField(max_length=80)
    may_read = models.BooleanField(default=True)
    may_submit = models.BooleanField(default=True)
    may_manage = models.BooleanField(default=False)
    # To the minute: a script that asks often does not write often.
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(may_read=True)
                | models.Q(may_submit=True)
                | models.Q(may_manage=True),
                name="a_token_may_something",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def scopes(self) -> list[Scope]:
        """What it may do."""
        may = {
            Scope.READ: self.may_read,
            Scope.SUBMIT: self.may_submit,
            Scope.MANAGE: self.may_manage,
        }
        return [scope for scope, is_allowed in may.items() if is_allowed]

    @property
    def is_expired(self) -> bool:
        """Whether it is refused by now."""
        return self.expiry is not None and self.expiry <= timezone.now()
