"""What the API keeps for its callers: answers to requests that may be sent twice."""

from django.db import models


class Reply(models.Model):
    """What came of a request with an ``Idempotency-Key``: sent again, it is answered from here and does nothing.

    ``digest`` is of the body; ``results`` is ``[{"id": ...} or {"problem": {...}}]`` a row. Kept a day.
    """

    member_id = models.CharField(max_length=16)
    key = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)
    results = models.JSONField(default=list)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member_id", "key"], name="crm_reply_once")]
