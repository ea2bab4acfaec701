"""Consent: what an address agreed to, when, where and in which words; every change is a row of its own."""

from django.db import models

from fairboard.kit.ids import PublicIdField

STATES = ("asked", "given", "withdrawn")
CHANNELS = ("mail", "phone", "sms", "post")


class Topic(models.Model):
    """What one may agree to hear about. Its key never changes."""

    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=300, blank=True)
    wording = models.TextField()
    wording_version = models.PositiveIntegerField(default=1)
    position = models.PositiveIntegerField(default=0)
    archived_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.key


class Consent(models.Model):
    """One change of a consent, with its proof: never altered, only added to."""

    public_id = PublicIdField()
    digest = models.CharField(max_length=32)
    address = models.CharField(max_length=254)
    topic = models.CharField(max_length=40)
    channel = models.CharField(max_length=8, default="mail")
    state = models.CharField(max_length=10)
    at = models.DateTimeField()
    source = models.CharField(max_length=80)
    wording = models.TextField(blank=True)
    wording_version = models.PositiveIntegerField(default=0)
    proof = models.JSONField(default=dict)
    by = models.CharField(max_length=16, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="marketing_consent_state_known"),
            models.CheckConstraint(condition=models.Q(channel__in=CHANNELS), name="marketing_consent_channel_known"),
        ]
        indexes = [models.Index(fields=["digest", "-id"], name="marketing_consent_history")]

    def __str__(self) -> str:
        return self.public_id


class ConsentNow(models.Model):
    """What holds now for an address, a topic and a channel: the last row of its history, found quickly."""

    digest = models.CharField(max_length=32)
    topic = models.CharField(max_length=40)
    channel = models.CharField(max_length=8, default="mail")
    state = models.CharField(max_length=10)
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest", "topic", "channel"], name="marketing_consent_once"),
        ]

    def __str__(self) -> str:
        return f"{self.digest} {self.topic}"


class ConfirmLink(models.Model):
    """A one-time link that turns an asked consent into a given one; its token is made of its row and signed."""

    digest = models.CharField(max_length=32, db_index=True)
    address = models.CharField(max_length=254)
    topics = models.JSONField(default=list)
    source = models.CharField(max_length=80)
    proof = models.JSONField(default=dict)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.digest
