"""Duplicates and merges: what records are alike by, pairs to be looked at, what was merged into what."""

from django.db import models

from fairboard.crm.models.records import Record
from fairboard.kit.ids import PublicIdField


class MatchKey(models.Model):
    """Something two records of the same thing share: the hash (64 bits) of type, kind and the normalised value."""

    record = models.ForeignKey(Record, on_delete=models.CASCADE, db_index=False, related_name="+")
    value = models.BigIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["value", "record"], name="crm_match_key_value"),
            models.Index(fields=["record"], name="crm_match_key_record"),
        ]


class DuplicateScan(models.Model):
    """A search for duplicates among all records of a type."""

    public_id = PublicIdField()
    type_key = models.CharField(max_length=40)
    state = models.CharField(max_length=8, default="queued")
    actor_id = models.CharField(max_length=16, blank=True)
    records = models.PositiveIntegerField(default=0)
    pairs = models.PositiveIntegerField(default=0)
    message = models.CharField(max_length=400, blank=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)


class DuplicatePair(models.Model):
    """Two records that are alike. ``score`` 0 to 100; ``state`` open, dismissed or merged."""

    public_id = PublicIdField()
    type = models.ForeignKey("crm.ObjectType", on_delete=models.CASCADE, db_index=False, related_name="+")
    first = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="+")
    score = models.PositiveSmallIntegerField()
    reasons = models.JSONField(default=list)
    state = models.CharField(max_length=9, default="open")
    found_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["first", "second"], name="crm_duplicate_once")]
        indexes = [models.Index(fields=["type", "state", "score", "id"], name="crm_duplicate_open")]


class Merge(models.Model):
    """Several records made one. ``before`` keeps what undoing it needs; events of the ledger say the rest."""

    public_id = PublicIdField()
    type_key = models.CharField(max_length=40)
    survivor = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="+")
    before = models.JSONField(default=dict)
    events = models.JSONField(default=list)
    actor_id = models.CharField(max_length=16, blank=True)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)


class Merged(models.Model):
    """The id of a record that was merged, and the record it is now."""

    old_id = models.CharField(max_length=16, unique=True)
    survivor = models.ForeignKey(Record, on_delete=models.CASCADE, related_name="+")
    merge = models.ForeignKey(Merge, on_delete=models.CASCADE, related_name="ids")
