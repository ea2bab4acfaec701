"""Risk assessments: each version is a row of its own and stays as it was adopted."""

from django.db import models

from fairboard.kit.ids import PublicIdField


class RiskAssessment(models.Model):
    """One version of what we think can go wrong here and what we do about it.

    ``rows`` hold for each kind of illegal content ``{"kind", "likelihood", "impact", "measures", "evidence"}``;
    likelihood and impact are 1 (negligible) to 4 (high).
    """

    public_id = PublicIdField()
    regime = models.CharField(max_length=10)
    version = models.PositiveIntegerField()
    rows = models.JSONField(default=list)
    summary = models.TextField(blank=True)
    owner = models.CharField(max_length=120)
    review_on = models.DateField()
    written_by = models.CharField(max_length=16)
    written_by_name = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["regime", "version"], name="safety_risk_version_once")]
