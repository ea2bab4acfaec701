"""Templates of mailings: blocks kept as JSON, one text a language."""

from django.db import models

from fairboard.kit.ids import PublicIdField


class Template(models.Model):
    """A template somebody writes in the editor; a mailing freezes what it says when it is submitted."""

    public_id = PublicIdField()
    name = models.CharField(max_length=120)
    version = models.PositiveIntegerField(default=1)
    created_by = models.CharField(max_length=16, blank=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.public_id


class TemplateText(models.Model):
    """What a template says in one language. ``blocks`` is a list as `marketing.blocks` describes it."""

    template = models.ForeignKey(Template, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(max_length=10)
    subject = models.CharField(max_length=200, blank=True)
    preheader = models.CharField(max_length=200, blank=True)
    blocks = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["template", "language"], name="marketing_template_language")]

    def __str__(self) -> str:
        return f"{self.template_id} {self.language}"
