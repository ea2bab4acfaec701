"""Reports to the CyberTipline, and every step of sending them."""

from django.db import models

from fairboard.kit.ids import PublicIdField
from fairboard.safety.models.cases import Case
from fairboard.safety.models.evidence import Evidence

REPORT_STATES = ("draft", "sending", "failed", "finished", "checked", "retracting", "retracted", "discarded")


class Report(models.Model):
    """A report about a case. ``evidence`` is what it tells of, ``sent`` the package with exactly what is sent.

    ``draft`` until a person approves it; ``sending`` while the outbox works on it; ``failed`` when only a person can
    help; ``finished`` is final; ``checked`` was built and validated without being sent (dry run). ``service_id`` is
    the number the service gave the report that was finished.
    """

    public_id = PublicIdField()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reports")
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="+")
    sent = models.ForeignKey(Evidence, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, default="draft")
    incident_type = models.CharField(max_length=80)
    note = models.TextField(blank=True)
    high_priority = models.TextField(blank=True)
    with_photos = models.BooleanField(default=True)
    photos_viewed = models.BooleanField(default=False)
    known_at = models.DateTimeField()
    created_by = models.CharField(max_length=16)
    created_at = models.DateTimeField()
    approved_by = models.CharField(max_length=16, blank=True)
    approved_at = models.DateTimeField(null=True)
    service_id = models.CharField(max_length=40, blank=True)
    finished_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)
    alarmed_at = models.DateTimeField(null=True)
    lease = models.CharField(max_length=16, blank=True)
    leased_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=REPORT_STATES), name="safety_report_state_known"),
            models.UniqueConstraint(
                fields=["case"],
                condition=models.Q(state__in=["draft", "sending", "failed", "retracting"]),
                name="safety_report_one_open",
            ),
        ]


class Attempt(models.Model):
    """One opening of a report at the service.

    ``opening``, ``open``, ``finished``, ``lost`` (what was opened is not known and expires by itself), ``expired``,
    ``abandoned`` (an answer to an upload was lost: given up, so that nothing is sent twice), ``retracted``,
    ``refused``.
    """

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, default="opening")
    sent = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="+")
    service_id = models.CharField(max_length=40, blank=True)
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "number"], name="safety_attempt_once")]


class Step(models.Model):
    """One request to the service: written before it is sent, completed when the answer is there.

    ``outcome`` is empty while nothing is known, then ``ok``, ``refused``, ``not_sent`` or ``lost``.
    """

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=8)
    file_name = models.CharField(max_length=100, blank=True)
    file_id = models.CharField(max_length=64, blank=True)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, blank=True)
    code = models.IntegerField(null=True)
    detail = models.CharField(max_length=300, blank=True)
