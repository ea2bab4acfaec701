"""Members and how they prove who they are."""

from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from fairboard.kit import clock
from fairboard.kit.actors import GRANTED_ROLES, ROLES, STAFF_ROLES
from fairboard.kit.ids import PublicIdField


class MemberManager(BaseUserManager["Member"]):
    """Looks members up by e-mail, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "Member":
        """The member with this e-mail address."""
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Member":
        """A member with a hashed password, or an unusable one when none is given."""
        member = self.model(email=email.strip().lower(), **fields)
        member.set_password(password)
        member.save(using=self._db)
        return member


class Member(AbstractBaseUser):
    """Somebody who has an account. Roles beyond ``member`` are the company's staff."""

    public_id = PublicIdField()
    email = models.EmailField(max_length=254)
    display_name = models.CharField(max_length=60)
    role = models.CharField(max_length=10, default="member", choices=[(role, role) for role in ROLES])
    grants = models.JSONField(default=list)
    language = models.CharField(max_length=10, default="en")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now)

    objects: ClassVar[MemberManager] = MemberManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["display_name"]

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), name="people_member_email_once"),
            models.CheckConstraint(condition=models.Q(role__in=ROLES), name="people_member_role_known"),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def is_staff(self) -> bool:
        """Whether the member works for the company."""
        return self.role in STAFF_ROLES

    @property
    def granted(self) -> frozenset[str]:
        """What was granted on top of the role; nothing once the member has left the desk."""
        return frozenset(self.grants) if self.role in GRANTED_ROLES else frozenset()

    def refreshed(self) -> Self:
        """The row as the database has it now."""
        self.refresh_from_db()
        return self


class Token(models.Model):
    """A key for the API. Only its digest is kept; the key itself is shown once."""

    public_id = PublicIdField()
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class SignInLink(models.Model):
    """A link that signs a member in once."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class MailChoice(models.Model):
    """The kinds of mail a member switched off; one without a row gets all of them."""

    member = models.OneToOneField(Member, primary_key=True, on_delete=models.CASCADE, related_name="+")
    off = models.JSONField(default=list)


class DataRequest(models.Model):
    """A member asked for a copy of their data, or for its erasure; what became of it.

    ``kept`` is what an erasure left, as ``[what, why]``; ``file`` where a copy lies until ``expires_at``.
    """

    public_id = PublicIdField()
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8)
    state = models.CharField(max_length=9, default="waiting")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    file = models.CharField(max_length=120, blank=True)
    size = models.BigIntegerField(default=0)
    kept = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=["copy", "erasure"]), name="people_request_kind_known"),
            models.UniqueConstraint(
                fields=["member", "kind"], condition=models.Q(state__in=["waiting", "held"]), name="people_request_one"
            ),
        ]
        indexes = [models.Index(fields=["state", "due_at"], name="people_request_due")]

    def __str__(self) -> str:
        return self.public_id
