"""Webhooks: who is told of what, and each delivery until it arrived or was given up."""

from django.db import models
from django.db.models import Q

from fairboard.kit.ids import PublicIdField

STATES = ("waiting", "done", "failed")


class Webhook(models.Model):
    """An address that is told of events. ``kinds`` are event kinds, or beginnings of them that end in ``*``.

    ``types`` narrows events of records to these types. ``owner_id`` is the member with whose rights events are chosen.
    ``from_event``: nothing before this number is sent by itself. ``failing_since`` is cleared by every success.
    Secrets are sealed: see `crm.sealed`.
    """

    public_id = PublicIdField()
    url = models.CharField(max_length=500)
    label = models.CharField(max_length=80, blank=True)
    kinds = models.JSONField(default=list)
    types = models.JSONField(default=list)
    with_values = models.BooleanField(default=False)
    secret = models.CharField(max_length=400)
    old_secret = models.CharField(max_length=400, blank=True)
    old_until = models.DateTimeField(null=True)
    owner_id = models.CharField(max_length=16)
    from_event = models.BigIntegerField(default=0)
    is_paused = models.BooleanField(default=False)
    failing_since = models.DateTimeField(null=True)
    disabled_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()


class WebhookDelivery(models.Model):
    """One thing to be told: an event of the ledger, or ``data`` of an automation. ``tries`` is ``[{at, status, ms,
    error}]``; ``public_id`` is the ``webhook-id`` it is sent under, the same with every try."""

    public_id = PublicIdField()
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    key = models.CharField(max_length=80)
    kind = models.CharField(max_length=60)
    event_id = models.BigIntegerField(default=0)
    data = models.JSONField(default=dict)
    state = models.CharField(max_length=7, default="waiting")
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(default=0)
    tries = models.JSONField(default=list)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["webhook", "key"], name="crm_webhook_delivery_once"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="crm_webhook_state_known"),
        ]
        indexes = [
            models.Index(fields=["next_at"], name="crm_webhook_due", condition=Q(state="waiting")),
            models.Index(fields=["webhook", "id"], name="crm_webhook_log"),
        ]
