"""How the desk works: what two people must agree on, and what each has had to look at."""

from django.db import models

from fairboard.kit.ids import PublicIdField
from fairboard.safety.models.cases import Case


class Proposal(models.Model):
    """What the first of two people would decide; the second confirms it or says otherwise."""

    public_id = PublicIdField()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="proposals")
    outcome = models.CharField(max_length=8)
    policy = models.CharField(max_length=40, blank=True)
    reason_text = models.TextField(blank=True)
    note = models.TextField(blank=True)
    actions = models.JSONField(default=list)
    proposed_by = models.CharField(max_length=16)
    at = models.DateTimeField()
    state = models.CharField(max_length=10, default="pending")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["pending", "confirmed", "contested"]), name="safety_proposal_state_known"
            ),
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(state="pending"), name="safety_proposal_one_pending"
            ),
        ]


class Exposure(models.Model):
    """What somebody of the desk looked at on one day: cases, hard ones among them, photos shown in the clear.

    ``since`` is when the present stretch without a break began.
    """

    staff_id = models.CharField(max_length=16)
    day = models.DateField()
    cases = models.PositiveIntegerField(default=0)
    hard = models.PositiveIntegerField(default=0)
    photos = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["staff_id", "day"], name="safety_exposure_once")]


class Comfort(models.Model):
    """How somebody of the desk wants to be shown what is hard to look at; ``cap`` are hard cases a day."""

    staff_id = models.CharField(max_length=16, unique=True)
    grey = models.BooleanField(default=True)
    blurred = models.BooleanField(default=True)
    hard_queues = models.BooleanField(default=True)
    cap = models.PositiveSmallIntegerField(null=True)
