"""A mailing and its deliveries: one row a recipient, which is both the snapshot of the audience and the queue."""

from django.db import models

from fairboard.kit.ids import PublicIdField

MAILING_STATES = (
    "draft", "in_review", "approved", "refused", "scheduled", "filling", "sending", "paused", "done", "cancelled",
)  # fmt: skip
BASES = ("consent", "customer", "service")
DELIVERY_STATES = ("waiting", "queued", "handing", "sent", "refused", "unknown", "skipped")
WINNER_BY = ("opens", "clicks", "replies")


class Mailing(models.Model):
    """One mail to an audience. ``content`` is what was submitted to the gate, and exactly that is sent.

    ``basis`` says why one may write: the recipient's consent to the topic, an existing customer who did not object,
    or a notice about the service itself (no consent, no frequency cap, but suppressions hold all the same).
    ``variants`` are ``{"key", "subject", "share"}`` with shares in percent of the test group; ``test_share`` is the
    percentage of the audience that is tested. Times of day are minutes after midnight at the recipient's.
    """

    public_id = PublicIdField()
    name = models.CharField(max_length=120)
    template = models.ForeignKey("marketing.Template", on_delete=models.PROTECT, null=True, related_name="+")
    topic = models.CharField(max_length=40)
    basis = models.CharField(max_length=8, default="consent")
    audience = models.JSONField(default=dict)
    reply_to = models.CharField(max_length=254, blank=True)
    variants = models.JSONField(default=list)
    test_share = models.PositiveIntegerField(default=0)
    winner_by = models.CharField(max_length=8, default="clicks")
    decide_minutes = models.PositiveIntegerField(default=240)
    winner = models.CharField(max_length=1, blank=True)
    decide_at = models.DateTimeField(null=True)
    throttle = models.PositiveIntegerField(default=0)
    throttle_minute = models.BigIntegerField(default=0)
    throttle_used = models.PositiveIntegerField(default=0)
    quiet_from = models.PositiveIntegerField(null=True)
    quiet_to = models.PositiveIntegerField(null=True)
    local_minute = models.PositiveIntegerField(null=True)
    track_opens = models.BooleanField(default=False)
    track_clicks = models.BooleanField(default=False)
    state = models.CharField(max_length=10, default="draft")
    paused_from = models.CharField(max_length=10, blank=True)
    revision = models.PositiveIntegerField(default=0)
    submission_id = models.CharField(max_length=16, blank=True)
    content = models.JSONField(default=dict)
    links = models.JSONField(default=list)
    fields = models.JSONField(default=list)
    starts_at = models.DateTimeField(null=True)
    problem = models.CharField(max_length=300, blank=True)
    checkpoint = models.CharField(max_length=200, blank=True)
    audience_size = models.PositiveIntegerField(default=0)
    created_by = models.CharField(max_length=16, blank=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=MAILING_STATES), name="marketing_mailing_state_known"),
            models.CheckConstraint(condition=models.Q(basis__in=BASES), name="marketing_mailing_basis_known"),
            models.CheckConstraint(condition=models.Q(winner_by__in=WINNER_BY), name="marketing_mailing_winner_known"),
        ]
        indexes = [models.Index(fields=["state", "starts_at"], name="marketing_mailing_due")]

    def __str__(self) -> str:
        return self.public_id


class Delivery(models.Model):
    """One recipient of one mailing, once: the database refuses a second row for the same address.

    ``queued`` waits for ``due_at``; ``handing`` is with the process that holds the journal ``claim``; ``unknown`` was
    being handed over when that process died, and nobody can say yet whether the server took it. ``values`` is the JSON
    list of merge values in the order of the mailing's ``fields``, emptied once the mail is sent.
    """

    mailing = models.ForeignKey(Mailing, on_delete=models.PROTECT, related_name="deliveries")
    digest = models.CharField(max_length=32)
    address = models.CharField(max_length=254)
    key = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=10, blank=True)
    zone = models.CharField(max_length=40, blank=True)
    variant = models.CharField(max_length=1, blank=True)
    state = models.CharField(max_length=8, default="queued")
    reason = models.CharField(max_length=100, blank=True)
    values = models.TextField(blank=True)
    due_at = models.DateTimeField()
    claim = models.CharField(max_length=40, blank=True)
    attempts = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest", "mailing"], name="marketing_delivery_once"),
            models.CheckConstraint(condition=models.Q(state__in=DELIVERY_STATES), name="marketing_delivery_state"),
        ]
        indexes = [
            models.Index(fields=["mailing", "state", "due_at"], name="marketing_delivery_queue"),
            models.Index(fields=["claim"], condition=~models.Q(claim=""), name="marketing_delivery_claim"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
