"""Accounts and the market: whose members they are, what happened with them, and what safety says."""

from django.db import models

from fairboard.kit.ids import PublicIdField

KYC_STEPS = ("register", "contact", "traceability")
SIGNALS = ("growth", "cities", "phones", "cards", "person", "other")
ANSWERS = ("nothing", "noted", "held")


class Tie(models.Model):
    """A member who acts for an account. An account has any number of members, a member one account."""

    account = models.ForeignKey("crm.Record", on_delete=models.CASCADE, related_name="ties")
    member_id = models.CharField(max_length=16, unique=True)
    at = models.DateTimeField()


class TimelineEntry(models.Model):
    """An event of the ledger on the timeline of a record; ``text`` is what is searched and shown, and can be erased."""

    record = models.ForeignKey("crm.Record", on_delete=models.CASCADE, db_index=False, related_name="+")
    event_id = models.BigIntegerField()
    kind = models.CharField(max_length=60)
    at = models.DateTimeField()
    text = models.CharField(max_length=300, blank=True)
    source_id = models.CharField(max_length=16, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "event_id"], name="crm_timeline_once")]
        indexes = [models.Index(fields=["record", "kind", "event_id"], name="crm_timeline_kind")]


class Follower(models.Model):
    """How far a reader of the ledger has come."""

    name = models.CharField(max_length=40, unique=True)
    event_id = models.BigIntegerField(default=0)


class KycStep(models.Model):
    """A step of knowing a business customer: what was given, who checked it, when."""

    account = models.ForeignKey("crm.Record", on_delete=models.CASCADE, related_name="kyc_steps")
    step = models.CharField(max_length=12)
    details = models.JSONField(default=dict)
    is_confirmed = models.BooleanField(default=False)
    by = models.CharField(max_length=16, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "step"], name="crm_kyc_once"),
            models.CheckConstraint(condition=models.Q(step__in=KYC_STEPS), name="crm_kyc_step_known"),
        ]


class Signal(models.Model):
    """Something a salesperson saw and raised to safety; ``answer`` says no more than they need to act."""

    public_id = PublicIdField()
    account = models.ForeignKey("crm.Record", on_delete=models.CASCADE, related_name="signals")
    kind = models.CharField(max_length=8)
    note = models.TextField(blank=True)
    raised_by = models.CharField(max_length=16)
    raised_at = models.DateTimeField()
    answer = models.CharField(max_length=8, blank=True)
    answered_by = models.CharField(max_length=16, blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["raised_at"], name="crm_signal_open", condition=models.Q(answered_at__isnull=True)),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=SIGNALS), name="crm_signal_kind_known"),
            models.CheckConstraint(condition=models.Q(answer__in=["", *ANSWERS]), name="crm_signal_answer_known"),
        ]


class AccountHold(models.Model):
    """An account safety holds although none of its members is held, or that has none."""

    account = models.OneToOneField("crm.Record", on_delete=models.CASCADE, related_name="+")
    by = models.CharField(max_length=16)
    at = models.DateTimeField()


class StandingSeen(models.Model):
    """Who opened an account whose standing was not clear, and on which day: one event a day is enough."""

    account = models.ForeignKey("crm.Record", on_delete=models.CASCADE, related_name="+")
    member_id = models.CharField(max_length=16)
    day = models.DateField()
    standing = models.CharField(max_length=12)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "member_id", "day", "standing"], name="crm_standing_seen_once"),
        ]
