"""Addresses nothing of marketing goes to: kept as keyed hashes, one row a reason."""

from django.db import models

from fairboard.kit.ids import PublicIdField

REASONS = ("unsubscribe", "bounce", "complaint", "manual", "hold", "import")


class Suppression(models.Model):
    """An address is suppressed as long as it has one row. No address is kept, only what recognises it."""

    public_id = PublicIdField()
    digest = models.CharField(max_length=32)
    reason = models.CharField(max_length=12)
    source = models.CharField(max_length=80)
    detail = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest", "reason"], name="marketing_suppression_once"),
            models.CheckConstraint(condition=models.Q(reason__in=REASONS), name="marketing_suppression_reason_known"),
        ]

    def __str__(self) -> str:
        return self.digest
