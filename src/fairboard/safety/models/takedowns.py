"""Requests to take down an intimate image shown without consent, and the hashes by which its copies are found."""

from django.db import models

from fairboard.kit.ids import PublicIdField
from fairboard.safety.models.submissions import Submission

TAKEDOWN_STATES = ("received", "removed", "invalid")


class Takedown(models.Model):
    """A request under the TAKE IT DOWN Act; its public id is the receipt.

    ``details`` is what identifies people, sealed: names, contact, statement, signature. ``requester_key`` is a keyed
    hash of the contact, so that repeated invalid requests are seen without keeping who they are in the clear.
    """

    public_id = PublicIdField()
    state = models.CharField(max_length=8, default="received")
    subject_kind = models.CharField(max_length=20, blank=True)
    subject_id = models.CharField(max_length=16, blank=True)
    location = models.CharField(max_length=500)
    is_forgery = models.BooleanField(default=False)
    is_child = models.BooleanField(default=False)
    is_agent = models.BooleanField(default=False)
    details = models.BinaryField()
    requester_key = models.CharField(max_length=64, db_index=True)
    language = models.CharField(max_length=10, default="en")
    received_at = models.DateTimeField()
    due_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=16, blank=True)
    decision_id = models.CharField(max_length=16, blank=True)
    missing = models.JSONField(default=list)
    answer = models.TextField(blank=True)
    copies_at = models.DateTimeField(null=True)
    copies = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=TAKEDOWN_STATES), name="safety_takedown_state_known"),
        ]
        indexes = [models.Index(fields=["due_at", "id"], name="safety_takedown_due")]


class TakedownHash(models.Model):
    """A hash of a photo that was taken down: ``kind`` is ``sha256`` or ``pdq``, ``value`` hex."""

    kind = models.CharField(max_length=6)
    value = models.CharField(max_length=64)
    takedown = models.ForeignKey(Takedown, on_delete=models.PROTECT, related_name="hashes")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "value", "takedown"], name="safety_takedown_hash_once"),
        ]
        indexes = [models.Index(fields=["kind", "value"], name="safety_takedown_hash")]
