"""Imports and exports: the files, how their columns are read, what became of their rows."""

from django.db import models

from fairboard.kit.ids import PublicIdField


class Import(models.Model):
    """One import of one or several files, which are taken in their order.

    ``state``: draft (columns are being chosen), queued, running, summing (roll-ups), done, failed, stopped, undoing,
    undone. ``options``: ``lenient`` (a bad value costs itself, not its row), ``country`` of phone numbers without one.
    """

    public_id = PublicIdField()
    source = models.CharField(max_length=12, default="file")
    state = models.CharField(max_length=10, default="draft")
    dry_run = models.BooleanField(default=False)
    options = models.JSONField(default=dict)
    actor_id = models.CharField(max_length=16, blank=True)
    message = models.CharField(max_length=400, blank=True)
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)
    place = models.BigIntegerField(default=0)
    left = models.JSONField(default=list)


class ImportFile(models.Model):
    """A file of an import. ``columns`` says for each heading what it becomes; ``done`` is the last row that was read.

    ``is_second``: it is read once more for relations among its own rows, such as an account's parent. ``mode`` is
    create, update or upsert, ``match`` the field rows are found by.
    """

    public_id = PublicIdField()
    job = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="files")
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(max_length=200)
    stored = models.CharField(max_length=200)
    layout = models.JSONField(default=dict)
    headings = models.JSONField(default=list)
    sample = models.JSONField(default=list)
    type_key = models.CharField(max_length=40, blank=True)
    columns = models.JSONField(default=list)
    mode = models.CharField(max_length=6, default="create")
    match = models.CharField(max_length=43, blank=True)
    rows = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    is_done = models.BooleanField(default=False)
    is_second = models.BooleanField(default=False)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    bad = models.PositiveIntegerField(default=0)
    warned = models.PositiveIntegerField(default=0)


class ImportChunk(models.Model):
    """Rows that were written in one transaction, with the events that stand for them."""

    file = models.ForeignKey(ImportFile, on_delete=models.CASCADE, related_name="chunks")
    last_row = models.PositiveIntegerField()
    events = models.JSONField(default=list)
    is_undone = models.BooleanField(default=False)


class ImportProblem(models.Model):
    """A row that was refused, or that lost values: ``problems`` is ``[[heading, value, reason], ...]``."""

    file = models.ForeignKey(ImportFile, on_delete=models.CASCADE, related_name="problems")
    row = models.PositiveIntegerField()
    is_refused = models.BooleanField(default=True)
    problems = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["file", "row"], name="crm_import_problem_row")]


class ImportMapping(models.Model):
    """What a heading became the last time records of a type were imported."""

    type_key = models.CharField(max_length=40)
    heading = models.CharField(max_length=200)
    column = models.JSONField(default=dict)
    used_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["type_key", "heading"], name="crm_import_mapping_once")]


class Export(models.Model):
    """Records of a type written to a file that can be fetched until ``expires_at``.

    ``state``: queued, running, done, failed. ``tree`` is the filter, ``columns`` the keys in order.
    """

    public_id = PublicIdField()
    type_key = models.CharField(max_length=40)
    format = models.CharField(max_length=5)
    tree = models.JSONField(null=True)
    columns = models.JSONField(default=list)
    state = models.CharField(max_length=8, default="queued")
    actor_id = models.CharField(max_length=16, blank=True)
    rows = models.PositiveIntegerField(default=0)
    withheld = models.PositiveIntegerField(default=0)
    stored = models.CharField(max_length=200, blank=True)
    message = models.CharField(max_length=400, blank=True)
    created_at = models.DateTimeField()
    beat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
