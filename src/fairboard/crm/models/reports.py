"""Reports, dashboards, the charts made of them, and who gets them by mail."""

from django.db import models
from django.db.models import Q

from fairboard.kit.ids import PublicIdField

RHYTHMS = ("daily", "weekly", "monthly")


class Report(models.Model):
    """A report as it was defined; ``definition`` is what `queries.reports.read` understands.

    A standard one has a ``key`` and no owner. The type is named by its key, so that a report of an archived type stays.
    """

    public_id = PublicIdField()
    key = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=80)
    description = models.CharField(max_length=300, blank=True)
    type_key = models.CharField(max_length=40)
    definition = models.JSONField(default=dict)
    owner_id = models.CharField(max_length=16, blank=True)
    is_shared = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key"], name="crm_report_key_once", condition=~Q(key=""))]
        indexes = [models.Index(fields=["owner_id"], name="crm_report_owner")]


class Dashboard(models.Model):
    """Reports on one page: ``cards`` is a list of ``{"report": public id, "wide": true|false}`` in their order."""

    public_id = PublicIdField()
    key = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=80)
    cards = models.JSONField(default=list)
    owner_id = models.CharField(max_length=16, blank=True)
    is_shared = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key"], name="crm_dashboard_key_once", condition=~Q(key=""))]
        indexes = [models.Index(fields=["owner_id"], name="crm_dashboard_owner")]


class HomeDashboard(models.Model):
    """The dashboard somebody opens first."""

    member_id = models.CharField(max_length=16, unique=True)
    dashboard = models.ForeignKey(Dashboard, on_delete=models.CASCADE, related_name="+")


class Chart(models.Model):
    """A chart drawn once: ``key`` is the hash of what it shows, ``svg`` is empty until the worker drew it."""

    key = models.CharField(max_length=64, unique=True)
    spec = models.JSONField(default=dict)
    wide = models.TextField(blank=True)
    narrow = models.TextField(blank=True)
    error = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField()
    drawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["asked_at"], name="crm_chart_waiting", condition=Q(drawn_at__isnull=True)),
        ]


class ReportMail(models.Model):
    """A report or a dashboard that goes out by mail: to which colleagues, how often, as what.

    ``recipients`` are members' public ids; ``forms`` of pdf and csv. ``due_at`` is the next time.
    """

    public_id = PublicIdField()
    report = models.ForeignKey(Report, null=True, on_delete=models.CASCADE, related_name="mails")
    dashboard = models.ForeignKey(Dashboard, null=True, on_delete=models.CASCADE, related_name="mails")
    owner_id = models.CharField(max_length=16)
    rhythm = models.CharField(max_length=8)
    recipients = models.JSONField(default=list)
    forms = models.JSONField(default=list)
    due_at = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(rhythm__in=RHYTHMS), name="crm_report_mail_rhythm"),
            models.CheckConstraint(
                condition=Q(report__isnull=True, dashboard__isnull=False)
                | Q(report__isnull=False, dashboard__isnull=True),
                name="crm_report_mail_of_one",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], name="crm_report_mail_due")]


class ReportDelivery(models.Model):
    """One mail to one colleague at one time: there is one row for it, so that nobody gets it twice."""

    mail = models.ForeignKey(ReportMail, on_delete=models.CASCADE, related_name="deliveries")
    member_id = models.CharField(max_length=16)
    due_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mail", "member_id", "due_at"], name="crm_report_delivery_once"),
        ]
