"""What decisions did, so that it can be undone; what resembles what was refused; who was warned."""

from django.db import models

from fairboard.kit.ids import PublicIdField
from fairboard.safety.models.cases import Decision
from fairboard.safety.models.submissions import Submission


class Effect(models.Model):
    """One thing a decision did beside refusing: to its subject, or to the standing of a member.

    ``target_kind`` is the subject's kind or ``member``; ``state`` the standing it gave a member, else empty.
    ``until`` ends it by itself; ``ended_at`` is set when it was undone, replaced or is over.
    """

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="effects")
    action = models.CharField(max_length=12)
    target_kind = models.CharField(max_length=20)
    target_id = models.CharField(max_length=16)
    state = models.CharField(max_length=10, blank=True)
    at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["decision", "action"], name="safety_effect_once")]
        indexes = [
            models.Index(
                fields=["target_kind", "target_id"],
                name="safety_effect_standing",
                condition=models.Q(ended_at__isnull=True),
            ),
        ]


class Withheld(models.Model):
    """A subject that is out of sight only because of the standing of its author; it comes back with it."""

    kind = models.CharField(max_length=20)
    subject_id = models.CharField(max_length=16)
    member_id = models.CharField(max_length=16)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "subject_id"], name="safety_withheld_once")]
        indexes = [models.Index(fields=["member_id", "kind"], name="safety_withheld_member")]


class Resemblance(models.Model):
    """A submission that resembles a refused one: ``by`` text (similarity 0 to 1) or photo (1)."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="resembles")
    refused = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="resembled_by")
    by = models.CharField(max_length=5)
    similarity = models.FloatField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["submission", "refused", "by"], name="safety_resemblance_once"),
            models.CheckConstraint(condition=models.Q(by__in=["text", "photo"]), name="safety_resemblance_by_known"),
        ]


class MemberWarning(models.Model):
    """A member was warned that more refusals under a policy lead to a suspension (DSA article 23)."""

    public_id = PublicIdField()
    member_id = models.CharField(max_length=16)
    policy = models.CharField(max_length=40)
    strikes = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["member_id", "policy", "-at"], name="safety_warning_member")]
