"""Who sells as a business or in large numbers, and whether we know who they are."""

from django.db import models

TRADER_STATES = ("collecting", "verifying", "verified")


class TraderRecord(models.Model):
    """A member the law makes us know: a trader by their own word, or a high-volume seller by their sales.

    ``details`` is what they gave, sealed; no document is kept, only that one was seen (``id_outcome``). ``due_at`` is
    the clock of the state: to give the details, to have them verified, to certify them again. ``gross_minor`` and
    ``sales`` are the highest of any continuous 12 months in the last 24, ``year_minor`` the last 12 months; US cents.
    """

    member_id = models.CharField(max_length=16, unique=True)
    state = models.CharField(max_length=10, default="collecting")
    is_trader = models.BooleanField(default=False)
    is_high_volume = models.BooleanField(default=False)
    details = models.BinaryField(default=bytes)
    country = models.CharField(max_length=2, blank=True)
    id_outcome = models.CharField(max_length=8, blank=True)
    answer = models.TextField(blank=True)
    sales = models.PositiveIntegerField(default=0)
    gross_minor = models.BigIntegerField(default=0)
    year_minor = models.BigIntegerField(default=0)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    given_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)
    verified_by = models.CharField(max_length=16, blank=True)
    certified_at = models.DateTimeField(null=True)
    warned_at = models.DateTimeField(null=True)
    suspended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=TRADER_STATES), name="safety_trader_state_known"),
        ]
        indexes = [models.Index(fields=["due_at", "id"], name="safety_trader_due")]
