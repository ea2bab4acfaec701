"""Saved views of lists, and which records somebody looked at last."""

from django.db import models

from fairboard.kit.ids import PublicIdField

VIEW_KINDS = ("table", "board", "calendar", "map")


class SavedView(models.Model):
    """A way to look at the records of a type that was saved, by whom, and whether everybody has it.

    ``tree`` is a filter's JSON, empty for all records; ``columns`` are field keys; ``sort`` a key, ``-`` in front turns
    it round; ``group`` the field of groups, of a board's columns or of a calendar's days. ``options`` hold what belongs
    to a kind: ``sum`` and ``pipeline`` of a board, ``span`` of a calendar. ``index_name`` is the index made for it.
    """

    public_id = PublicIdField()
    type = models.ForeignKey("crm.ObjectType", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    owner_id = models.CharField(max_length=16)
    is_shared = models.BooleanField(default=False)
    kind = models.CharField(max_length=10, default="table")
    tree = models.JSONField(default=dict)
    columns = models.JSONField(default=list)
    sort = models.CharField(max_length=60, blank=True)
    group = models.CharField(max_length=60, blank=True)
    options = models.JSONField(default=dict)
    position = models.PositiveSmallIntegerField(default=100)
    index_name = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=VIEW_KINDS), name="crm_view_kind_known"),
        ]


class Seen(models.Model):
    """That somebody opened a record, and when last."""

    member_id = models.CharField(max_length=16)
    record = models.ForeignKey("crm.Record", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member_id", "record"], name="crm_seen_once")]
        indexes = [models.Index(fields=["member_id", "at"], name="crm_seen_latest")]
