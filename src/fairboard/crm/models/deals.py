"""How long a deal stayed in each stage."""

from django.db import models


class StageLog(models.Model):
    """One stay of a record in a stage; ``left_at`` is empty while it is there."""

    record = models.ForeignKey("crm.Record", on_delete=models.CASCADE, db_index=False, related_name="+")
    pipeline = models.CharField(max_length=40)
    stage = models.CharField(max_length=40)
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "crm_stage_log"
        indexes = [models.Index(fields=["record", "entered_at"], name="crm_stage_log_record")]
        constraints = [
            models.UniqueConstraint(
                fields=["record"], condition=models.Q(left_at__isnull=True), name="crm_stage_log_one_now"
            )
        ]
