"""Records of every type in one table, the links between them, and what changed in them."""

from django.db import models
from django.db.models import Q

from fairboard.kit.ids import PublicIdField

ALIVE = Q(deleted_at__isnull=True)


class Record(models.Model):
    """A record. ``data`` holds its values by field key as `fields` writes them to JSON; an empty value has no key."""

    public_id = PublicIdField()
    type = models.ForeignKey("crm.ObjectType", on_delete=models.PROTECT, db_index=False, related_name="+")
    record_type = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=200, blank=True)
    owner_id = models.CharField(max_length=16, blank=True)
    team = models.ForeignKey("crm.Team", null=True, on_delete=models.SET_NULL, db_index=False, related_name="+")
    territory = models.ForeignKey(
        "crm.Territory", null=True, on_delete=models.SET_NULL, db_index=False, related_name="+"
    )
    data = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=16, blank=True)
    updated_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)
    import_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["type", "id"], name="crm_record_alive", condition=ALIVE),
            models.Index(fields=["type", "owner_id", "id"], name="crm_record_owner", condition=ALIVE),
            models.Index(
                fields=["type", "team", "id"], name="crm_record_team", condition=ALIVE & Q(team__isnull=False)
            ),
            models.Index(
                fields=["type", "territory", "id"],
                name="crm_record_territory",
                condition=ALIVE & Q(territory__isnull=False),
            ),
            models.Index(fields=["import_id"], name="crm_record_import", condition=Q(import_id__isnull=False)),
            models.Index(fields=["deleted_at"], name="crm_record_bin", condition=Q(deleted_at__isnull=False)),
        ]


class Link(models.Model):
    """One value of a relation: the source's field holds the target."""

    field = models.ForeignKey("crm.Field", on_delete=models.CASCADE, db_index=False, related_name="+")
    source = models.ForeignKey(Record, on_delete=models.CASCADE, db_index=False, related_name="+")
    target = models.ForeignKey(Record, on_delete=models.CASCADE, db_index=False, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "field", "target"], name="crm_link_once"),
        ]
        indexes = [models.Index(fields=["target", "field", "source"], name="crm_link_target")]


class Change(models.Model):
    """The value of one field before and after one event of the ledger, which carries neither.

    It can be erased with the person it is about; the ledger cannot. ``owner``, ``record_type`` and ``deleted`` are kept
    under these names beside the field keys.
    """

    event_id = models.BigIntegerField()
    record = models.ForeignKey(Record, on_delete=models.CASCADE, db_index=False, related_name="changes")
    key = models.CharField(max_length=43)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["record", "event_id"], name="crm_change_record"),
            models.Index(fields=["event_id"], name="crm_change_event"),
        ]
