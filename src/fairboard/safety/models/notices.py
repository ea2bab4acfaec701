"""Reports by anybody."""

from django.db import models

from fairboard.kit.ids import PublicIdField
from fairboard.safety.models.cases import Case


class Notice(models.Model):
    """Somebody's report; its public id is the receipt (DSA article 16)."""

    public_id = PublicIdField()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notices")
    reporter_id = models.CharField(max_length=16, blank=True)
    reporter_email = models.EmailField(blank=True)
    kind = models.CharField(max_length=30)
    text = models.TextField(blank=True)
    at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
