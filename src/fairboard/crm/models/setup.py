"""Work over existing records that a change of definitions asks for, done in the background."""

from django.db import models

from fairboard.kit.ids import PublicIdField

WORK_KINDS = ("formula", "rollup", "retype", "purge", "territories")
WORK_STATES = ("waiting", "running", "done", "failed")


class Recompute(models.Model):
    """One pass over the records of a type; ``after`` is the last row done, so that it goes on where it stopped.

    ``done`` counts records looked at, ``changed`` those written, ``refused`` values that could not be converted, of
    which ``samples`` keeps a few as ``[{"id": record, "value": text}]``. ``options`` holds what the kind needs.
    """

    public_id = PublicIdField()
    kind = models.CharField(max_length=12)
    type = models.ForeignKey("crm.ObjectType", on_delete=models.CASCADE, related_name="+")
    field = models.ForeignKey("crm.Field", null=True, on_delete=models.SET_NULL, related_name="+")
    label = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=8, default="waiting")
    options = models.JSONField(default=dict)
    after = models.BigIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    samples = models.JSONField(default=list)
    event_id = models.BigIntegerField(default=0)
    asked_by = models.CharField(max_length=16, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=WORK_KINDS), name="crm_recompute_kind_known"),
            models.CheckConstraint(condition=models.Q(state__in=WORK_STATES), name="crm_recompute_state_known"),
        ]
