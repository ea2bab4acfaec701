"""What safety says of an account, and what must not be erased."""

from django.db import models

from fairboard.kit.ids import PublicIdField

STANDINGS = ("good", "watched", "on_hold", "suspended", "closed")


class Standing(models.Model):
    """The standing of a member; one who has no row is in good standing."""

    member_id = models.CharField(max_length=16, unique=True)
    state = models.CharField(max_length=10, default="good")
    policy = models.CharField(max_length=40, blank=True)
    reason = models.TextField(blank=True)
    until = models.DateTimeField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=STANDINGS), name="safety_standing_known"),
        ]


class Hold(models.Model):
    """A legal hold: the data of a member or of one subject is out of reach of erasure while it stands.

    ``source_kind`` and ``source_id`` say why it is held: a report, an order, a piece of evidence.
    """

    public_id = PublicIdField()
    subject_kind = models.CharField(max_length=20)
    subject_id = models.CharField(max_length=16)
    reason = models.CharField(max_length=300)
    source_kind = models.CharField(max_length=20)
    source_id = models.CharField(max_length=16)
    placed_by = models.CharField(max_length=16, blank=True)
    at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["subject_kind", "subject_id"],
                name="safety_hold_standing",
                condition=models.Q(released_at__isnull=True),
            )
        ]
