"""What was published, exactly as written, and what refused ones are found again by."""

from django.db import models

from fairboard.kit.ids import PublicIdField


class Submission(models.Model):
    """Something a person published, as judged. Triggers in the database refuse to change or delete it.

    ``photo_hashes`` are ``[pdq, quality]`` of each photo in ``photos``; ``features`` what the rules saw.
    """

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
    photo_hashes = models.JSONField(default=list)
    attributes = models.JSONField(default=dict)
    verdict = models.CharField(max_length=10)
    reasons = models.JSONField(default=list)
    contacts = models.JSONField(default=list)
    signature = models.JSONField(default=list)
    features = models.JSONField(default=dict)
    indicators = models.JSONField(default=list)
    packs = models.JSONField(default=list)
    submitted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject_id", "revision"], name="safety_submission_once")
        ]
        indexes = [models.Index(fields=["author_id", "-id"], name="safety_submission_author")]


class Refused(models.Model):
    """One key by which a refused text or photo is found again."""

    key = models.CharField(max_length=64)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "submission"], name="safety_refused_once")]
