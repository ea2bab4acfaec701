"""Rules of the desk, their versions, what they hit, and how they did on history."""

from typing import Any

from django.db import models

from fairboard.kit.ids import PublicIdField
from fairboard.safety.models.cases import Decision
from fairboard.safety.models.submissions import Submission

LIVES = ("draft", "shadow", "live", "retired")
ACTIONS = ("allow", "hold", "reject", "escalate")
OUTCOMES = ("pending", "upheld", "overturned")
BACKTEST_STATES = ("waiting", "running", "done", "stopped", "failed")


class Rule(models.Model):
    """A rule of the desk. ``life`` is that of the version that got furthest.

    ``live`` acts, ``shadow`` is evaluated beside it without acting; every other version is a draft or past.
    """

    public_id = PublicIdField()
    key = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    life = models.CharField(max_length=8, default="draft")
    live = models.ForeignKey("RuleVersion", null=True, on_delete=models.PROTECT, related_name="+")
    shadow = models.ForeignKey("RuleVersion", null=True, on_delete=models.PROTECT, related_name="+")
    newest = models.ForeignKey("RuleVersion", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(life__in=LIVES), name="safety_rule_life_known")]


class RuleVersion(models.Model):
    """What a rule says, never changed once it is kept: a trigger in the database refuses.

    ``when`` is CEL; ``rows`` the same as rows, null where rows cannot say it. ``delay_minutes`` above 0 has a refusal
    carried out at a random moment within them. ``note`` says to colleagues why the rule is there.
    """

    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    when = models.TextField()
    rows = models.JSONField(null=True)
    policy = models.CharField(max_length=40)
    action = models.CharField(max_length=10)
    severity = models.PositiveSmallIntegerField(default=2)
    message = models.CharField(max_length=500)
    note = models.TextField(blank=True)
    owner = models.CharField(max_length=80, blank=True)
    source = models.CharField(max_length=500, blank=True)
    delay_minutes = models.PositiveIntegerField(default=0)
    created_by = models.CharField(max_length=16, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "number"], name="safety_rule_version_once"),
            models.CheckConstraint(condition=models.Q(action__in=ACTIONS), name="safety_rule_action_known"),
            models.CheckConstraint(condition=models.Q(severity__gte=1, severity__lte=5), name="safety_rule_severity"),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep a new version; raises ValueError for one that is kept already."""
        if self.pk is not None:
            raise ValueError("A version of a rule is never changed: write a new one.")
        super().save(*args, **kwargs)


class RuleMove(models.Model):
    """A step in the life of a rule, with the reason somebody gave; the ledger has the event without the words."""

    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="moves")
    version = models.ForeignKey(RuleVersion, null=True, on_delete=models.PROTECT, related_name="+")
    life = models.CharField(max_length=8)
    reason = models.CharField(max_length=500, blank=True)
    moved_by = models.CharField(max_length=16, blank=True)
    at = models.DateTimeField()


class PackagedRule(models.Model):
    """What an operator did with a rule of a packaged policy pack: put it to shadow, or retired it."""

    key = models.CharField(max_length=80, unique=True)
    life = models.CharField(max_length=8)
    reason = models.CharField(max_length=500)
    changed_by = models.CharField(max_length=16, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(life__in=LIVES), name="safety_packaged_life_known")]


class RuleBook(models.Model):
    """One row: a word that is another one after every change of what the gate runs."""

    id = models.PositiveSmallIntegerField(primary_key=True)
    edition = models.CharField(max_length=16)


class RuleHit(models.Model):
    """A rule was true of a submission; ``outcome`` follows what people decided of it."""

    rule_key = models.CharField(max_length=80)
    version = models.ForeignKey(RuleVersion, null=True, on_delete=models.PROTECT, related_name="hits")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="rule_hits")
    was_live = models.BooleanField()
    outcome = models.CharField(max_length=10, default="pending")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(outcome__in=OUTCOMES), name="safety_hit_outcome")]
        indexes = [models.Index(fields=["rule_key", "at"], name="safety_hit_rule")]


class RuleFailure(models.Model):
    """How often a rule broke while it ran since it was last changed, and when that was last said aloud."""

    rule_key = models.CharField(max_length=80, unique=True)
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)


class BackTest(models.Model):
    """A version of a rule tried on what was judged before.

    ``cursor`` is the last submission looked at, ``until_pk`` the last to look at. ``open_tally`` counts what everybody
    of the desk may know of, ``child_tally`` what only those with the child-safety permission may.
    """

    public_id = PublicIdField()
    version = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, related_name="back_tests")
    against = models.ForeignKey(RuleVersion, null=True, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()
    until = models.DateTimeField()
    state = models.CharField(max_length=8, default="waiting")
    cursor = models.BigIntegerField(default=0)
    until_pk = models.BigIntegerField(default=0)
    seen = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    open_tally = models.JSONField(default=dict)
    child_tally = models.JSONField(default=dict)
    error = models.CharField(max_length=300, blank=True)
    asked_by = models.CharField(max_length=16, blank=True)
    at = models.DateTimeField()
    moved_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=BACKTEST_STATES), name="safety_back_test_state")
        ]


class DelayedRefusal(models.Model):
    """A refusal by a rule that is carried out at a moment drawn at random; until then the author sees a review."""

    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="delayed_refusal")
    rule_keys = models.JSONField(default=list)
    policy = models.CharField(max_length=40)
    reason_text = models.TextField()
    carry_out_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    decision = models.OneToOneField(Decision, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["carry_out_at"], name="safety_delayed_due", condition=models.Q(done_at__isnull=True))
        ]
