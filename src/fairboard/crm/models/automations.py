"""Automations: their versions, and each run with its steps."""

from django.db import models
from django.db.models import Q

from fairboard.kit.ids import PublicIdField

VERSION_STATES = ("draft", "live", "retired")
RUN_STATES = ("queued", "running", "waiting", "done", "failed", "stopped", "refused")
OPEN = ("queued", "running", "waiting")


class Automation(models.Model):
    """Something done by itself. ``turns`` keeps whose turn it was last, by step."""

    public_id = PublicIdField()
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=400, blank=True)
    key = models.CharField(max_length=40, blank=True)
    turns = models.JSONField(default=dict)
    created_by = models.CharField(max_length=16, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=~Q(key=""), name="crm_automation_key_once"),
        ]


class AutomationVersion(models.Model):
    """What an automation does: never changed once it was live. ``next_at`` is when a trigger by the clock is due."""

    automation = models.ForeignKey(Automation, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=8, default="draft")
    trigger = models.JSONField(default=dict)
    trigger_kind = models.CharField(max_length=16, blank=True)
    type_key = models.CharField(max_length=40, blank=True)
    condition = models.TextField(blank=True)
    steps = models.JSONField(default=list)
    next_at = models.DateTimeField(null=True)
    created_by = models.CharField(max_length=16, blank=True)
    created_at = models.DateTimeField()
    live_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["automation", "number"], name="crm_automation_number_once"),
            models.UniqueConstraint(fields=["automation"], condition=Q(state="live"), name="crm_automation_one_live"),
            models.UniqueConstraint(fields=["automation"], condition=Q(state="draft"), name="crm_automation_one_draft"),
            models.CheckConstraint(condition=Q(state__in=VERSION_STATES), name="crm_automation_state_known"),
        ]
        indexes = [
            models.Index(fields=["type_key", "trigger_kind"], name="crm_automation_live", condition=Q(state="live")),
        ]


class AutomationRun(models.Model):
    """One run for one record. ``key`` tells what set it off, so that it is set off once; ``step`` is the next step."""

    public_id = PublicIdField()
    version = models.ForeignKey(AutomationVersion, on_delete=models.CASCADE, related_name="runs")
    record = models.ForeignKey("crm.Record", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=80)
    depth = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=8, default="queued")
    input = models.JSONField(default=dict)
    step = models.CharField(max_length=8, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=400, blank=True)
    wake_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="crm_automation_run_once"),
            models.CheckConstraint(condition=Q(state__in=RUN_STATES), name="crm_automation_run_state"),
        ]
        indexes = [
            models.Index(fields=["wake_at"], name="crm_automation_due", condition=Q(state__in=OPEN)),
            models.Index(fields=["record", "created_at"], name="crm_automation_rate"),
        ]


class AutomationStep(models.Model):
    """What a step of a run did: there when, and only when, it was done or failed."""

    run = models.ForeignKey(AutomationRun, on_delete=models.CASCADE, related_name="steps")
    key = models.CharField(max_length=8)
    act = models.CharField(max_length=10)
    is_done = models.BooleanField(default=True)
    output = models.JSONField(default=dict)
    error = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "key"], name="crm_automation_step_once")]
