"""Rows of the small pieces: rate limits and the scheduler's clock."""

from django.db import models


class RateWindow(models.Model):
    """How often a key was used in one window. Old windows are swept by a task."""

    key = models.CharField(max_length=120)
    window_start = models.BigIntegerField(db_index=True)
    uses = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "window_start"], name="kit_rate_window_once")]


class Schedule(models.Model):
    """When a repeated task is due next; claimed by a conditional update, so one worker runs it."""

    name = models.CharField(max_length=120, unique=True)
    due_at = models.DateTimeField()
    last_run_at = models.DateTimeField(null=True)
