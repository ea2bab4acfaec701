"""Cases and what was decided of them."""

from django.db import models

from fairboard.kit.ids import PublicIdField
from fairboard.safety.models.submissions import Submission


class Case(models.Model):
    """Something a person has to look at: a held submission, or a notice about a live one.

    ``rank`` orders a queue, the least first (see `priority`); ``known_at`` is when somebody of the desk first had
    actual knowledge of what a child-safety case shows. Cases with ``is_child`` are seen with that permission only.
    """

    public_id = PublicIdField()
    kind = models.CharField(max_length=20)
    subject_id = models.CharField(max_length=16)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="cases")
    queue = models.CharField(max_length=12)
    severity = models.PositiveSmallIntegerField()
    policy = models.CharField(max_length=40, blank=True)
    state = models.CharField(max_length=8, default="open")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    is_child = models.BooleanField(default=False)
    reach = models.PositiveIntegerField(default=1)
    rank = models.BigIntegerField(default=0)
    needs_second = models.BooleanField(default=False)
    known_at = models.DateTimeField(null=True)
    claimed_by = models.CharField(max_length=16, blank=True)
    claimed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=["open", "decided"]), name="safety_case_state_known"),
            models.UniqueConstraint(
                fields=["kind", "subject_id"], condition=models.Q(state="open"), name="safety_case_one_open"
            ),
        ]
        indexes = [
            models.Index(fields=["kind", "subject_id"], name="safety_case_child", condition=models.Q(is_child=True)),
            models.Index(
                fields=["queue", "rank", "id"],
                name="safety_case_rank",
                condition=models.Q(state="open"),
            ),
        ]


class Decision(models.Model):
    """What was decided of a submission, with the statement of reasons its author is sent.

    ``actions`` are what is done to the submission and its author beside refusing it; ``carry_out_at`` is a moment
    drawn at random when a rule asks for delay, so that it cannot be probed.
    """

    public_id = PublicIdField()
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="decisions")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="decisions")
    outcome = models.CharField(max_length=8)
    policy = models.CharField(max_length=40, blank=True)
    reason_text = models.TextField(blank=True)
    note = models.TextField(blank=True)
    actions = models.JSONField(default=list)
    statement = models.JSONField(default=dict)
    undoes = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="undone_by")
    second_by = models.CharField(max_length=16, blank=True)
    carry_out_at = models.DateTimeField(null=True)
    carried_out_at = models.DateTimeField(null=True)
    is_automatic = models.BooleanField(default=False)
    decided_by = models.CharField(max_length=16, blank=True)
    at = models.DateTimeField()
