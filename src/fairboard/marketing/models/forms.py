"""Forms people outside fill in, what they sent, and how often a form was seen."""

from django.db import models

from fairboard.kit.ids import PublicIdField

SUBMISSION_STATES = ("taken", "kept_apart", "discarded")


class Form(models.Model):
    """A form: which fields it asks for, what is agreed to, what follows. ``asked`` is a list of fields.

    An entry of ``asked`` is ``{"key", "label", "required"}`` with the key of a field of the record type.
    """

    public_id = PublicIdField()
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    type_key = models.CharField(max_length=40, default="lead")
    title = models.CharField(max_length=120, blank=True)
    intro = models.TextField(blank=True)
    button = models.CharField(max_length=60, blank=True)
    asked = models.JSONField(default=list)
    topic = models.CharField(max_length=40, blank=True)
    wording = models.CharField(max_length=500, blank=True)
    is_consent_required = models.BooleanField(default=False)
    thanks = models.TextField(blank=True)
    redirect = models.CharField(max_length=400, blank=True)
    owners = models.JSONField(default=list)
    next_owner = models.PositiveIntegerField(default=0)
    campaign = models.CharField(max_length=16, blank=True)
    is_advertise = models.BooleanField(default=False)
    archived_at = models.DateTimeField(null=True)
    created_by = models.CharField(max_length=16, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_advertise"], condition=models.Q(is_advertise=True), name="marketing_form_advertise_once"
            ),
        ]

    def __str__(self) -> str:
        return self.slug


class FormSubmission(models.Model):
    """What somebody sent, once. Kept apart where it looks like spam, until a person has looked at it."""

    public_id = PublicIdField()
    form = models.ForeignKey(Form, on_delete=models.PROTECT, related_name="submissions")
    state = models.CharField(max_length=10, default="taken")
    values = models.JSONField(default=dict)
    origin = models.JSONField(default=dict)
    has_agreed = models.BooleanField(default=False)
    wording = models.CharField(max_length=500, blank=True)
    reasons = models.JSONField(default=list)
    ip_hash = models.CharField(max_length=32, blank=True)
    once = models.CharField(max_length=64, unique=True)
    record = models.ForeignKey("crm.Record", on_delete=models.SET_NULL, null=True, related_name="+")
    is_known = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=SUBMISSION_STATES), name="marketing_form_sent_state"),
        ]
        indexes = [models.Index(fields=["form", "state"], name="marketing_form_sent")]

    def __str__(self) -> str:
        return self.public_id


class FormViews(models.Model):
    """How often a form was shown on a day; of nobody in particular."""

    form = models.ForeignKey(Form, on_delete=models.CASCADE, related_name="views", db_index=False)
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["form", "day"], name="marketing_form_views_once")]

    def __str__(self) -> str:
        return f"{self.form_id} {self.day}"
