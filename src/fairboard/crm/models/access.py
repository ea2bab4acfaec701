"""Who works with the CRM and what they may see: profiles, seats, teams, territories, single shares."""

from django.db import models

from fairboard.kit.ids import PublicIdField


class Profile(models.Model):
    """What people of one kind may do.

    ``rights`` is ``{type key or "*": {"read": "all"|"team"|"own"|"none", "edit": the same, "delete": the same,
    "create": true|false}}``; ``fields`` is ``{"type.field": "hidden"|"read"}``; ``permissions`` lists what is not about
    one type: import, export, send, bulk, views, reports, automations, definitions.
    """

    public_id = PublicIdField()
    key = models.CharField(max_length=40, unique=True)
    label = models.CharField(max_length=60)
    rights = models.JSONField(default=dict)
    fields = models.JSONField(default=dict)
    permissions = models.JSONField(default=list)
    is_standard = models.BooleanField(default=False)


class Team(models.Model):
    """A team; who may see a team's records may see those of the teams below it."""

    public_id = PublicIdField()
    name = models.CharField(max_length=60, unique=True)
    parent = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")


class Territory(models.Model):
    """A part of the market: accounts that fit its filter belong to it, and are shared with who works it.

    ``tree`` is a filter over accounts; the first territory by ``position`` that fits has the account.
    """

    public_id = PublicIdField()
    name = models.CharField(max_length=60, unique=True)
    tree = models.JSONField(default=dict)
    position = models.PositiveSmallIntegerField(default=100)


class Seat(models.Model):
    """Somebody of the company who works with the CRM; ``member_id`` is the member's public id."""

    member_id = models.CharField(max_length=16, unique=True)
    profile = models.ForeignKey(Profile, on_delete=models.PROTECT, related_name="seats")
    team = models.ForeignKey(Team, null=True, on_delete=models.SET_NULL, related_name="seats")
    territories = models.ManyToManyField(Territory, related_name="seats")


class Share(models.Model):
    """One record shared with one colleague, to read or to edit."""

    record = models.ForeignKey("crm.Record", on_delete=models.CASCADE, related_name="shares")
    member_id = models.CharField(max_length=16, db_index=True)
    may_edit = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "member_id"], name="crm_share_once")]
