"""Rules that give leads and contacts points."""

from django.db import models

from fairboard.kit.ids import PublicIdField


class ScoreRule(models.Model):
    """A condition in CEL and the points a record gets as long as it holds."""

    public_id = PublicIdField()
    type_key = models.CharField(max_length=40, default="lead")
    name = models.CharField(max_length=120)
    expression = models.TextField()
    points = models.IntegerField()
    position = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
