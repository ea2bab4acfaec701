"""What belongs to colleagues rather than to records: who was named in a note, and their calendar's address."""

from django.db import models


class Mention(models.Model):
    """A colleague named in a note; ``seen_at`` is set when they open it."""

    record = models.ForeignKey("crm.Record", on_delete=models.CASCADE, db_index=False, related_name="+")
    member_id = models.CharField(max_length=16)
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "member_id"], name="crm_mention_once")]
        indexes = [
            models.Index(fields=["member_id", "at"], name="crm_mention_new", condition=models.Q(seen_at__isnull=True))
        ]


class CalendarFeed(models.Model):
    """The secret address of one member's calendar; only the SHA-256 of the secret is kept."""

    member_id = models.CharField(max_length=16, unique=True)
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
