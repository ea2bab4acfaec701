"""Journeys: steps somebody goes through, one at a time; each version keeps what it said for those who are on it."""

from django.db import models

from fairboard.kit.ids import PublicIdField

JOURNEY_STATES = ("draft", "live", "paused", "ended")
RUN_STATES = ("waiting", "done", "goal", "exited", "failed")


class Journey(models.Model):
    """A journey and its draft. ``draft`` holds the settings and steps as `marketing.graph` describes them."""

    public_id = PublicIdField()
    name = models.CharField(max_length=120)
    type_key = models.CharField(max_length=40)
    state = models.CharField(max_length=8, default="draft")
    draft = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=0)
    live = models.ForeignKey(
        "marketing.JourneyVersion", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    follows_from = models.BigIntegerField(default=0)
    created_by = models.CharField(max_length=16, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=JOURNEY_STATES), name="marketing_journey_state"),
        ]

    def __str__(self) -> str:
        return self.public_id


class JourneyVersion(models.Model):
    """What a journey said when it was put live, or was given to the gate to be. It does not change."""

    journey = models.ForeignKey(Journey, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.JSONField(default=dict)
    made_by = models.CharField(max_length=16, blank=True)
    made_at = models.DateTimeField()
    live_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["journey", "number"], name="marketing_journey_version_once")]

    def __str__(self) -> str:
        return f"{self.journey_id} {self.number}"


class JourneyMail(models.Model):
    """The mailing a mail step sends through: one for the first time somebody comes by, one for the second and so on.

    A mailing has one delivery an address, so that nobody gets a step's mail twice however often a step is begun.
    """

    version = models.ForeignKey(JourneyVersion, on_delete=models.PROTECT, related_name="mails")
    step = models.CharField(max_length=12)
    round = models.PositiveIntegerField(default=0)
    mailing = models.OneToOneField("marketing.Mailing", on_delete=models.PROTECT, related_name="journey_mail")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "step", "round"], name="marketing_journey_mail_once"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.step}"


class JourneyRun(models.Model):
    """One person on a journey. ``step`` is where they are, looked at again at ``due_at``; ``turn`` counts the looks.

    ``context`` keeps what the run needs of its own: the deliveries of its mails.
    """

    public_id = PublicIdField()
    journey = models.ForeignKey(Journey, on_delete=models.PROTECT, related_name="runs", db_index=False)
    version = models.ForeignKey(JourneyVersion, on_delete=models.PROTECT, related_name="runs", db_index=False)
    record = models.ForeignKey("crm.Record", on_delete=models.CASCADE, related_name="+")
    round = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=8, default="waiting")
    step = models.CharField(max_length=12, blank=True)
    is_begun = models.BooleanField(default=False)
    is_nudged = models.BooleanField(default=False)
    turn = models.PositiveIntegerField(default=0)
    tries = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    entered_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=80, blank=True)
    context = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["journey", "record", "round"], name="marketing_journey_run_once"),
            models.UniqueConstraint(
                fields=["journey", "record"], condition=models.Q(state="waiting"), name="marketing_journey_run_one"
            ),
            models.CheckConstraint(condition=models.Q(state__in=RUN_STATES), name="marketing_journey_run_state"),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(state="waiting"), name="marketing_journey_run_due"),
            models.Index(
                fields=["is_nudged"],
                condition=models.Q(state="waiting", is_nudged=True),
                name="marketing_journey_nudged",
            ),
            models.Index(fields=["version", "step", "state"], name="marketing_journey_run_step"),
        ]

    def __str__(self) -> str:
        return self.public_id


class JourneyStay(models.Model):
    """Somebody's stay at a step, once: when they came, when they left and what it came to."""

    run = models.ForeignKey(JourneyRun, on_delete=models.CASCADE, related_name="stays", db_index=False)
    version = models.ForeignKey(JourneyVersion, on_delete=models.PROTECT, related_name="+", db_index=False)
    step = models.CharField(max_length=12)
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, blank=True)
    detail = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "step"], name="marketing_journey_stay_once")]
        indexes = [models.Index(fields=["version", "step", "outcome"], name="marketing_journey_stay_step")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.step}"
