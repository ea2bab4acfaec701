"""Complaints against decisions (DSA article 20)."""

from django.db import models

from fairboard.kit.ids import PublicIdField
from fairboard.safety.models.cases import Decision
from fairboard.safety.models.notices import Notice


class Appeal(models.Model):
    """A complaint against a decision, by the author it went against or by a reporter it did not follow.

    ``notice`` is set for a reporter. ``new_decision`` is what replaced the decision when the appeal was upheld,
    wholly or in part.
    """

    public_id = PublicIdField()
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="appeals")
    notice = models.ForeignKey(Notice, null=True, on_delete=models.PROTECT, related_name="appeals")
    member_id = models.CharField(max_length=16, blank=True)
    text = models.TextField()
    facts = models.TextField(blank=True)
    state = models.CharField(max_length=8, default="open")
    outcome = models.CharField(max_length=8, blank=True)
    answer = models.TextField(blank=True)
    decided_by = models.CharField(max_length=16, blank=True)
    new_decision = models.ForeignKey(Decision, null=True, on_delete=models.PROTECT, related_name="answers")
    at = models.DateTimeField()
    due_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=["open", "decided"]), name="safety_appeal_state_known"),
            models.CheckConstraint(
                condition=models.Q(outcome__in=["", "uphold", "overturn", "partly"]), name="safety_appeal_outcome_known"
            ),
            models.UniqueConstraint(
                fields=["decision"], condition=models.Q(state="open"), name="safety_appeal_one_open"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], name="safety_appeal_due", condition=models.Q(state="open")),
            models.Index(fields=["member_id", "-id"], name="safety_appeal_member"),
        ]
