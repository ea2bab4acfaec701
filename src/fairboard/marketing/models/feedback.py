"""What came back of a mail: bounces, complaints, unsubscribes, replies and, where asked for, opens and clicks."""

from django.db import models

KINDS = ("hard", "soft", "complaint", "unsubscribe", "reply", "open", "click")


class Feedback(models.Model):
    """One thing that came back, once. No IP address, no browser: of an open or a click only that it was."""

    delivery = models.ForeignKey("marketing.Delivery", on_delete=models.PROTECT, null=True, related_name="+")
    mailing = models.ForeignKey("marketing.Mailing", on_delete=models.PROTECT, null=True, related_name="+")
    digest = models.CharField(max_length=32)
    kind = models.CharField(max_length=12)
    link = models.PositiveSmallIntegerField(default=0)
    status = models.CharField(max_length=12, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    source = models.CharField(max_length=40)
    reference = models.CharField(max_length=120, unique=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(kind__in=KINDS), name="marketing_feedback_kind")]
        indexes = [
            models.Index(fields=["mailing", "kind"], name="marketing_feedback_mailing"),
            models.Index(fields=["digest", "kind", "at"], name="marketing_feedback_address"),
        ]

    def __str__(self) -> str:
        return self.reference
