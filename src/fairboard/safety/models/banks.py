"""Hash banks: photos known from outside, by their hashes alone, and what matched them."""

from django.db import models

from fairboard.kit.ids import PublicIdField
from fairboard.safety.models.submissions import Submission

BANK_KINDS = {"pdq": 64, "sha256": 64, "md5": 32}
"""The kinds of hash and how many hexadecimal digits each has."""


class Bank(models.Model):
    """A list of hashes with what is done when a photo matches one.

    ``most_per_hour`` is how many matches are believed; more are a flood, and what floods is quarantined.
    """

    public_id = PublicIdField()
    name = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=6)
    policy = models.CharField(max_length=40)
    action = models.CharField(max_length=10)
    source = models.CharField(max_length=500, blank=True)
    enabled = models.BooleanField(default=True)
    most_per_hour = models.PositiveIntegerField(default=100)
    quarantined_at = models.DateTimeField(null=True)
    quarantined_why = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=list(BANK_KINDS)), name="safety_bank_kind_known"),
            models.CheckConstraint(
                condition=models.Q(action__in=["hold", "reject", "escalate"]), name="safety_bank_action_known"
            ),
        ]


class BankEntry(models.Model):
    """A hash of a bank in small hexadecimal digits, with whatever its list says of it."""

    bank = models.ForeignKey(Bank, on_delete=models.PROTECT, related_name="entries")
    value = models.CharField(max_length=64)
    metadata = models.JSONField(default=dict)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    quarantined_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["bank", "value"], name="safety_bank_entry_once")]
        indexes = [
            models.Index(fields=["value"], name="safety_bank_value", condition=models.Q(removed_at__isnull=True))
        ]


class BankReference(models.Model):
    """What an exchange calls an entry: deletions name only this. An entry may have several, from several members."""

    entry = models.ForeignKey(BankEntry, on_delete=models.CASCADE, related_name="references")
    value = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["value", "entry"], name="safety_bank_reference_once")]


class BankMatch(models.Model):
    """A photo of a submission matched an entry at a distance (bits, 0 is the same hash)."""

    entry = models.ForeignKey(BankEntry, on_delete=models.PROTECT, related_name="matches")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="bank_matches")
    photo = models.CharField(max_length=64)
    distance = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=10, default="pending")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["entry", "at"], name="safety_bank_match_entry")]
