"""What safety keeps: submissions exactly as written, cases, decisions, notices, what was refused."""

from django.db import models

from fairboard.kit.ids import PublicIdField


class Submission(models.Model):
    """Something a person published, as judged. Triggers in the database refuse to change or delete it."""

    public_id = PublicIdField()
    kind = models.CharField(max_length=20)
    subject_id = models.CharField(max_length=16)
    revision = models.PositiveIntegerField()
    author_id = models.CharField(max_length=16)
    fields = models.JSONField()
    category = models.CharField(max_length=80, blank=True)
    place = models.CharField(max_length=120, blank=True)
    country = models.CharField(max_length=2, blank=True)
    photos = models.JSONField(default=list)
    attributes = models.JSONField(default=dict)
    verdict = models.CharField(max_length=10)
    reasons = models.JSONField(default=list)
    contacts = models.JSONField(default=list)
    signature = models.JSONField(default=list)
    packs = models.JSONField(default=list)
    submitted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject_id", "revision"], name="safety_submission_once")
        ]
        indexes = [models.Index(fields=["author_id", "-id"], name="safety_submission_author")]


class Case(models.Model):
    """Something a person has to look at: a held submission, or a notice about a live one."""

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
            models.Index(
                fields=["queue", "-severity", "id"],
                name="safety_case_queue",
                condition=models.Q(state="open"),
            )
        ]


class Decision(models.Model):
    """What was decided of a submission, with the statement of reasons its author is sent."""

    public_id = PublicIdField()
    case = models.ForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="decisions")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="decisions")
    outcome = models.CharField(max_length=8)
    policy = models.CharField(max_length=40, blank=True)
    reason_text = models.TextField(blank=True)
    note = models.TextField(blank=True)
    is_automatic = models.BooleanField(default=False)
    decided_by = models.CharField(max_length=16, blank=True)
    at = models.DateTimeField()


class Notice(models.Model):
    """Somebody's report; its public id is the receipt (DSA article 16)."""

    public_id = PublicIdField()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notices")
    reporter_id = models.CharField(max_length=16, blank=True)
    reporter_email = models.EmailField(blank=True)
    kind = models.CharField(max_length=30)
    text = models.TextField(blank=True)
    at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)


class Refused(models.Model):
    """One key by which a refused text or photo is found again."""

    key = models.CharField(max_length=64)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "submission"], name="safety_refused_once")]
