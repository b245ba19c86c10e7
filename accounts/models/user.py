"""The user, known by e-mail address, and the tokens that a user's scripts carry."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
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

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(Lower("email"), name="one_user_an_email")]

    def __str__(self) -> str:
        return self.name or f"user {self.pk}"


class ApiToken(AbstractAuthToken):  # type: ignore[misc]  # knox has no type hints.
    """A secret that lets a script act as its user; only its hash is stored."""

    name = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.name
