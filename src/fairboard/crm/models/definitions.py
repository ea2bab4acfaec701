"""What objects there are and what they hold: made in the console, without a migration."""

from django.db import models

from fairboard.kit.ids import PublicIdField

FIELD_KINDS = ("value", "formula", "relation", "rollup", "figure")


class Definitions(models.Model):
    """One row whose mark changes with every definition: who has kept the definitions compares it."""

    mark = models.CharField(max_length=16)


class ObjectType(models.Model):
    """A type of record: account, contact, or one of the company's own.

    ``name_fields`` are the keys whose values, joined by a space, name a record.
    """

    public_id = PublicIdField()
    key = models.CharField(max_length=40, unique=True)
    label = models.CharField(max_length=60)
    plural = models.CharField(max_length=60)
    icon = models.CharField(max_length=40, default="box")
    is_standard = models.BooleanField(default=False)
    name_fields = models.JSONField(default=list)
    position = models.PositiveSmallIntegerField(default=100)
    archived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()


class Field(models.Model):
    """A field of a type. ``kind`` says where its value comes from, ``value_type`` what it is (see `fields`).

    ``options`` hold what belongs to the kind: choices, unit, bounds, targets of a relation, a formula's expression, a
    roll-up's source. An archived field keeps its data until somebody confirms that it goes.
    """

    public_id = PublicIdField()
    type = models.ForeignKey(ObjectType, on_delete=models.CASCADE, related_name="fields")
    key = models.CharField(max_length=43)
    label = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, default="value")
    value_type = models.CharField(max_length=12, default="text")
    options = models.JSONField(default=dict)
    position = models.PositiveSmallIntegerField(default=100)
    required = models.BooleanField(default=False)
    is_unique = models.BooleanField(default=False)
    is_indexed = models.BooleanField(default=False)
    is_standard = models.BooleanField(default=False)
    archived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["type", "key"], name="crm_field_key_once"),
            models.CheckConstraint(condition=models.Q(kind__in=FIELD_KINDS), name="crm_field_kind_known"),
        ]


class RecordType(models.Model):
    """A variant of a type, such as dealer and private: its own layout and its own choices.

    ``choices`` narrows choice fields: ``{field key: [choice keys]}``.
    """

    public_id = PublicIdField()
    type = models.ForeignKey(ObjectType, on_delete=models.CASCADE, related_name="record_types")
    key = models.CharField(max_length=40)
    label = models.CharField(max_length=60)
    choices = models.JSONField(default=dict)
    is_default = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["type", "key"], name="crm_record_type_once")]


class Layout(models.Model):
    """What a record's page and form show, by record type and profile; empty means for all of them.

    ``sections`` is ``[{"title": text, "fields": [keys]}]``.
    """

    public_id = PublicIdField()
    type = models.ForeignKey(ObjectType, on_delete=models.CASCADE, related_name="layouts")
    record_type = models.CharField(max_length=40, blank=True)
    profile = models.CharField(max_length=40, blank=True)
    sections = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["type", "record_type", "profile"], name="crm_layout_once"),
        ]


class Pipeline(models.Model):
    """A way records of a type go, in stages."""

    public_id = PublicIdField()
    type = models.ForeignKey(ObjectType, on_delete=models.CASCADE, related_name="pipelines")
    key = models.CharField(max_length=40)
    label = models.CharField(max_length=60)
    is_default = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=100)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["type", "key"], name="crm_pipeline_once")]


class Stage(models.Model):
    """A stage of a pipeline; ``probability`` in percent, ``outcome`` open, won or lost."""

    pipeline = models.ForeignKey(Pipeline, on_delete=models.CASCADE, related_name="stages")
    key = models.CharField(max_length=40)
    label = models.CharField(max_length=60)
    probability = models.PositiveSmallIntegerField(default=0)
    outcome = models.CharField(max_length=4, default="open")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pipeline", "key"], name="crm_stage_once"),
            models.CheckConstraint(condition=models.Q(outcome__in=["open", "won", "lost"]), name="crm_stage_outcome"),
        ]


class Validation(models.Model):
    """A rule a record must satisfy to be saved: a CEL condition that is true of a good record."""

    public_id = PublicIdField()
    type = models.ForeignKey(ObjectType, on_delete=models.CASCADE, related_name="validations")
    name = models.CharField(max_length=80)
    expression = models.TextField()
    message = models.CharField(max_length=200)
    field_key = models.CharField(max_length=43, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
