"""What was drawn at random from all that is live, and what people found it to be without knowing more."""

from django.db import models

from fairboard.kit.ids import PublicIdField
from fairboard.safety.models.submissions import Submission


class PrevalenceSample(models.Model):
    """One live thing drawn on a day; ``finding`` is empty until somebody judged it, then ``fine`` or ``breaks``."""

    public_id = PublicIdField()
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="+")
    drawn_on = models.DateField()
    drawn_at = models.DateTimeField()
    finding = models.CharField(max_length=6, blank=True)
    policy = models.CharField(max_length=40, blank=True)
    judged_by = models.CharField(max_length=16, blank=True)
    judged_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(finding__in=["", "fine", "breaks"]), name="safety_sample_finding_known"
            ),
            models.UniqueConstraint(fields=["submission", "drawn_on"], name="safety_sample_once_a_day"),
        ]
        indexes = [
            models.Index(fields=["id"], name="safety_sample_waiting", condition=models.Q(finding="")),
            models.Index(fields=["drawn_on"], name="safety_sample_day"),
        ]
