"""Segments: records that a filter holds, kept as a list that follows them, and pictures of it at a moment."""

from django.db import models

from fairboard.kit.ids import PublicIdField


class Segment(models.Model):
    """A filter over contacts, leads or accounts that is kept current. ``owner_id`` says whose rights it looks with."""

    public_id = PublicIdField()
    name = models.CharField(max_length=80)
    type_key = models.CharField(max_length=40)
    tree = models.JSONField(null=True)
    owner_id = models.CharField(max_length=16)
    size = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    refreshed_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)


class SegmentMember(models.Model):
    """A record that is in a segment now, and since when."""

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="members", db_index=False)
    record = models.ForeignKey("crm.Record", on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["segment", "record"], name="marketing_segment_member_once")]


class Snapshot(models.Model):
    """Who was in a segment at a moment; it does not change."""

    public_id = PublicIdField()
    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="snapshots")
    name = models.CharField(max_length=80)
    size = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()


class SnapshotMember(models.Model):
    """A record in a snapshot."""

    snapshot = models.ForeignKey(Snapshot, on_delete=models.CASCADE, related_name="members", db_index=False)
    record = models.ForeignKey("crm.Record", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["snapshot", "record"], name="marketing_snapshot_member_once")]
