"""The ledger's rows. No foreign key leads out of it: kind + public id, so that nothing else can block it."""

from django.db import models

from fairboard.kit.ids import PublicIdField


class Event(models.Model):
    """One change. Written in the change's own transaction and never altered afterwards."""

    public_id = PublicIdField()
    kind = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=64)
    actor_kind = models.CharField(max_length=12)
    actor_id = models.CharField(max_length=64, blank=True)
    actor_name = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()
    data = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    seal = models.ForeignKey("ledger.Seal", null=True, on_delete=models.PROTECT, related_name="events")

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "id"], name="ledger_event_subject"),
            models.Index(fields=["kind", "id"], name="ledger_event_kind"),
            models.Index(fields=["actor_id", "id"], name="ledger_event_actor"),
        ]


class Seal(models.Model):
    """The root of a hash tree over a batch of events, chained to the seal before it."""

    number = models.PositiveBigIntegerField(unique=True)
    count = models.PositiveIntegerField()
    root = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()


class SealTimestamp(models.Model):
    """What a time-stamp authority answered for a seal: this seal, and all before it, existed at ``stamped_at``."""

    seal = models.OneToOneField(Seal, on_delete=models.PROTECT, related_name="timestamp")
    answer = models.BinaryField()
    """The DER of the whole TimeStampResp (RFC 3161, section 2.4.2), the token in it."""
    stamped_at = models.DateTimeField()
    authority = models.CharField(max_length=300)
    at = models.DateTimeField()


class Delivery(models.Model):
    """The outbox: an event some room asked to hear of, waiting for its task."""

    event_id = models.BigIntegerField(db_index=True)
    task = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="ledger_delivery_open", condition=models.Q(done_at__isnull=True)),
        ]
        constraints = [models.UniqueConstraint(fields=["event_id", "task"], name="ledger_delivery_once")]
