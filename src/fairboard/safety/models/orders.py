"""Orders and requests of authorities, what was handed over for them, and who had it in hand."""

from django.db import models

from fairboard.kit.ids import PublicIdField

ORDER_STATES = ("received", "verified", "carried_out", "answered", "refused", "withdrawn")
OPEN_STATES = ("received", "verified", "carried_out")


class Order(models.Model):
    """What an authority asks of us, or what we report to one, with its clock.

    ``scope_from`` and ``scope_until`` bound what may be disclosed; ``silent_until`` is until when the persons concerned
    are not told, no moment meaning until the authority says so.
    """

    public_id = PublicIdField()
    kind = models.CharField(max_length=12)
    state = models.CharField(max_length=12, default="received")
    authority = models.CharField(max_length=200)
    country = models.CharField(max_length=2)
    contact = models.EmailField(blank=True)
    legal_basis = models.CharField(max_length=300, blank=True)
    reference = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=10, default="en")
    received_how = models.CharField(max_length=12)
    received_at = models.DateTimeField()
    asked = models.TextField(blank=True)
    scope_from = models.DateTimeField(null=True)
    scope_until = models.DateTimeField(null=True)
    due_at = models.DateTimeField()
    is_confidential = models.BooleanField(default=False)
    silent_until = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    entered_by = models.CharField(max_length=16)
    entered_at = models.DateTimeField()
    carried_out_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=ORDER_STATES), name="safety_order_state_known"),
        ]
        indexes = [models.Index(fields=["due_at", "id"], name="safety_order_due")]


class OrderSubject(models.Model):
    """One member or one published thing an order is about, and what was done to it."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="subjects")
    kind = models.CharField(max_length=20)
    subject_id = models.CharField(max_length=16)
    decision_id = models.CharField(max_length=16, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "kind", "subject_id"], name="safety_order_subject_once"),
        ]
        indexes = [models.Index(fields=["decision_id"], name="safety_order_decision")]


class OrderEntry(models.Model):
    """The log of an order: each step with the words of who took it. Rows are added, never changed."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="entries")
    step = models.CharField(max_length=12)
    text = models.TextField(blank=True)
    by = models.CharField(max_length=16, blank=True)
    by_name = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()


class Disclosure(models.Model):
    """A package made for an order: written once. ``sha256`` is of the file, ``root`` of the tree of its contents."""

    public_id = PublicIdField()
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="disclosures")
    path = models.CharField(max_length=120, unique=True)
    sha256 = models.CharField(max_length=64)
    root = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    files = models.PositiveIntegerField()
    at = models.DateTimeField()


class Custody(models.Model):
    """The chain of custody of a package: made, looked at, handed over; rows are added, never changed."""

    disclosure = models.ForeignKey(Disclosure, on_delete=models.PROTECT, related_name="custody")
    act = models.CharField(max_length=12)
    by = models.CharField(max_length=16)
    by_name = models.CharField(max_length=80, blank=True)
    to = models.CharField(max_length=200, blank=True)
    purpose = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
