"""Ties between ads and the networks they make. No identifier is kept here, only keyed hashes of them."""

from django.db import models

from fairboard.kit.ids import PublicIdField
from fairboard.safety.models.submissions import Submission


class Identifier(models.Model):
    """A telephone number, photo or the like that two ads or more hold, by its keyed hash, and how widely it is used.

    ``subject_id`` is the first ad it was found in; all ads of an identifier that joins are in that one's network.
    """

    key = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=10)
    subject_id = models.CharField(max_length=16)
    ads = models.PositiveIntegerField()
    members = models.PositiveIntegerField()
    places = models.PositiveIntegerField()


class Tie(models.Model):
    """An identifier in an ad. It stays when the ad leaves or is changed: what was used is evidence."""

    key = models.BigIntegerField()
    kind = models.CharField(max_length=10)
    subject_kind = models.CharField(max_length=20)
    subject_id = models.CharField(max_length=16)
    author_id = models.CharField(max_length=16)
    place = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["key", "author_id"], name="safety_tie_key"),
            models.Index(fields=["subject_id"], name="safety_tie_subject"),
        ]


class Network(models.Model):
    """Ads tied by shared evidence, in figures as of its last posting (see `fairboard.screening.networks`).

    ``merged_into`` is set when it became part of another, which its address then leads to. ``case_id`` is the case
    about it, ``cased_size`` how large it was then.
    """

    public_id = PublicIdField()
    size = models.PositiveIntegerField(default=0)
    members = models.PositiveIntegerField(default=0)
    places = models.PositiveIntegerField(default=0)
    growth = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    rhythm = models.FloatField(default=0.0)
    risk = models.FloatField(default=0.0)
    stands_out = models.BooleanField(default=False)
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")
    case_id = models.CharField(max_length=16, blank=True)
    cased_size = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(
                fields=["-risk", "-id"], name="safety_network_risk", condition=models.Q(merged_into__isnull=True)
            ),
            models.Index(
                fields=["id"],
                name="safety_network_out",
                condition=models.Q(merged_into__isnull=True, stands_out=True),
            ),
        ]


class NetworkMember(models.Model):
    """An ad that holds an identifier, and the network it is in, if any: one at most. ``posted`` is in seconds."""

    network = models.ForeignKey(Network, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    subject_kind = models.CharField(max_length=20)
    subject_id = models.CharField(max_length=16, unique=True)
    author_id = models.CharField(max_length=16)
    place = models.CharField(max_length=120, blank=True)
    posted = models.BigIntegerField()
    is_refused = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(
                fields=["network", "posted"],
                name="safety_networkmember_recent",
                condition=models.Q(network__isnull=False),
            ),
            models.Index(
                fields=["author_id", "id"],
                name="safety_networkmember_author",
                condition=models.Q(network__isnull=False),
            ),
        ]


class TextKey(models.Model):
    """A key by which texts that resemble each other are found; the number of its submission is not enforced."""

    key = models.BigIntegerField()
    submission = models.ForeignKey(
        Submission, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["key", "submission"], name="safety_textkey_found")]


class LinkState(models.Model):
    """How far `fairboard relink` came: one row. ``done`` is the last submission it went over, 0 when it is finished.

    ``texts`` is the version of the text keys there are, see `fairboard.safety.copies`.
    """

    done = models.BigIntegerField(default=0)
    texts = models.PositiveIntegerField(default=1)
