"""Reports by anybody, the record of who reports, and trusted flaggers."""

from django.db import models

from fairboard.kit.ids import PublicIdField
from fairboard.safety.models.cases import Case


class Reporter(models.Model):
    """How the reports of one person fared. ``key`` is a member's id, or ``e:`` and a keyed hash of a mail address.

    ``muted_until`` ends a suspension of processing (DSA article 23(2)), which follows a warning.
    """

    public_id = PublicIdField()
    key = models.CharField(max_length=66, unique=True)
    member_id = models.CharField(max_length=16, blank=True)
    filed = models.PositiveIntegerField(default=0)
    upheld = models.PositiveIntegerField(default=0)
    dismissed = models.PositiveIntegerField(default=0)
    warned_at = models.DateTimeField(null=True)
    muted_until = models.DateTimeField(null=True)
    mute_reason = models.TextField(blank=True)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["-dismissed", "-id"], name="safety_reporter_dismissed")]


class TrustedFlagger(models.Model):
    """An organisation awarded the status of trusted flagger (DSA article 22); its notices go first.

    ``areas`` are kinds of notice it is trusted for, all when empty; ``award`` is the authority's reference.
    """

    public_id = PublicIdField()
    name = models.CharField(max_length=200, unique=True)
    contact = models.EmailField()
    areas = models.JSONField(default=list)
    state = models.CharField(max_length=10, default="active")
    awarded_by = models.CharField(max_length=200)
    award = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["active", "suspended", "revoked"]), name="safety_flagger_state_known"
            ),
        ]


class FlaggerMember(models.Model):
    """A member, or the member whose token a program uses, who reports for a trusted flagger."""

    flagger = models.ForeignKey(TrustedFlagger, on_delete=models.CASCADE, related_name="members")
    member_id = models.CharField(max_length=16, unique=True)


class Notice(models.Model):
    """Somebody's report; its public id is the receipt (DSA article 16).

    ``location`` is where exactly it is, ``good_faith`` that they said so in good faith, ``weight`` what the record of
    the reporter counted for, ``repeats`` how often the same was sent.
    """

    public_id = PublicIdField()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notices")
    record = models.ForeignKey(Reporter, null=True, on_delete=models.PROTECT, related_name="notices")
    flagger = models.ForeignKey(TrustedFlagger, null=True, on_delete=models.PROTECT, related_name="notices")
    reporter_id = models.CharField(max_length=16, blank=True)
    reporter_email = models.EmailField(blank=True)
    reporter_name = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=30)
    text = models.TextField(blank=True)
    location = models.CharField(max_length=500, blank=True)
    good_faith = models.BooleanField(default=False)
    weight = models.PositiveSmallIntegerField(default=1)
    repeats = models.PositiveIntegerField(default=1)
    at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
