"""Changes of many records at once, row by row, so that they can be watched, resumed and undone."""

from django.db import models

from fairboard.kit.ids import PublicIdField

BULK_STATES = ("waiting", "running", "done", "undoing", "undone")


class BulkEdit(models.Model):
    """One change of many records. ``act`` is edit, delete or restore; ``values`` by field key as they were typed.

    ``last_pk`` is the row reached, so that a worker that died is followed by one that goes on there.
    """

    public_id = PublicIdField()
    type = models.ForeignKey("crm.ObjectType", on_delete=models.CASCADE, related_name="+")
    act = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=16)
    state = models.CharField(max_length=10, default="waiting")
    values = models.JSONField(default=dict)
    owner_id = models.CharField(max_length=16, null=True)
    total = models.PositiveIntegerField(default=0)
    last_pk = models.BigIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    undone = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=BULK_STATES), name="crm_bulk_state_known"),
        ]


class BulkRow(models.Model):
    """A record of a bulk edit: waiting until ``is_done``; then the event that changed it, or why it was not changed.

    ``skipped`` says after an undo which fields somebody else had changed since.
    """

    bulk = models.ForeignKey(BulkEdit, on_delete=models.CASCADE, db_index=False, related_name="rows")
    record = models.ForeignKey("crm.Record", on_delete=models.CASCADE, related_name="+")
    is_done = models.BooleanField(default=False)
    event_id = models.BigIntegerField(null=True)
    error = models.CharField(max_length=300, blank=True)
    skipped = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bulk", "record"], name="crm_bulk_row_once")]
