"""Bulk jobs of the API: what was uploaded, how far it was worked off, where the results are."""

from django.db import models
from django.db.models import Q

from fairboard.kit.ids import PublicIdField

OPERATIONS = ("insert", "update", "upsert", "delete")
JOB_STATES = ("open", "queued", "running", "done", "failed", "aborted")


class Job(models.Model):
    """A file of records to be written. ``rows`` is the last row that was worked off; ``good_size`` and ``bad_size`` are
    how long the result files were then, in bytes: what a killed worker wrote after that is cut off."""

    public_id = PublicIdField()
    type_key = models.CharField(max_length=40)
    operation = models.CharField(max_length=6)
    key = models.CharField(max_length=43, blank=True)
    format = models.CharField(max_length=5)
    override = models.BooleanField(default=False)
    actor_id = models.CharField(max_length=16)
    state = models.CharField(max_length=7, default="open")
    parts = models.JSONField(default=dict)
    rows = models.PositiveIntegerField(default=0)
    written = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    good_size = models.BigIntegerField(default=0)
    bad_size = models.BigIntegerField(default=0)
    message = models.CharField(max_length=400, blank=True)
    created_at = models.DateTimeField()
    beat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(operation__in=OPERATIONS), name="crm_job_operation_known"),
            models.CheckConstraint(condition=Q(state__in=JOB_STATES), name="crm_job_state_known"),
        ]
        indexes = [
            models.Index(fields=["id"], name="crm_job_due", condition=Q(state__in=["queued", "running"])),
        ]
