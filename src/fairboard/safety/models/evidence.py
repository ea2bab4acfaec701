"""Evidence: what was known of a submission, and who looked at it. Triggers refuse every change but disposal."""

from django.db import models

from fairboard.kit.ids import PublicIdField
from fairboard.safety.models.cases import Case
from fairboard.safety.models.submissions import Submission


class Evidence(models.Model):
    """One sealed package: a submission at the moment of knowledge, or a report as it is sent.

    ``parts`` are ``{"name", "size", "sha256"}`` of what is in the package, ``root`` the root of the hash tree over
    them; ``file_sha256`` is of the encrypted file. ``digest`` chains each row to the one before. Only the columns
    from ``disposing_at`` on may ever change, and each only once.
    """

    number = models.PositiveBigIntegerField(unique=True)
    public_id = PublicIdField()
    kind = models.CharField(max_length=12)
    occasion = models.CharField(max_length=40, blank=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="evidence")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="evidence")
    known_at = models.DateTimeField()
    kept_at = models.DateTimeField()
    kept_by = models.CharField(max_length=16, blank=True)
    keep_until = models.DateTimeField()
    file_name = models.CharField(max_length=80, unique=True)
    file_size = models.PositiveBigIntegerField()
    file_sha256 = models.CharField(max_length=64)
    root = models.CharField(max_length=64)
    parts = models.JSONField()
    key_id = models.CharField(max_length=12)
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    disposing_at = models.DateTimeField(null=True)
    disposed_at = models.DateTimeField(null=True)
    disposed_by = models.CharField(max_length=16, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "submission", "kind", "occasion"], name="safety_evidence_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["submission", "report"]), name="safety_evidence_kind_known"
            ),
        ]
        indexes = [
            models.Index(
                fields=["keep_until"], name="safety_evidence_term", condition=models.Q(disposed_at__isnull=True)
            )
        ]


class EvidenceAccess(models.Model):
    """Somebody looked at evidence: written before they were given anything. ``how`` is look, download or report."""

    public_id = PublicIdField()
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="accesses")
    actor_kind = models.CharField(max_length=12)
    actor_id = models.CharField(max_length=64, blank=True)
    actor_name = models.CharField(max_length=80, blank=True)
    how = models.CharField(max_length=8)
    purpose = models.CharField(max_length=20)
    reason = models.CharField(max_length=1000, blank=True)
    at = models.DateTimeField()
