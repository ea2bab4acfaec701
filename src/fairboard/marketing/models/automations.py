"""Template mail of automations: the mailings it goes through, and what was sent for which step."""

from django.db import models


class AutomationMailing(models.Model):
    """The mailing through which automations send one version of a template: one for the first mail to somebody, one
    for the second and so on, as a mailing has one delivery an address."""

    template = models.ForeignKey("marketing.Template", on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField()
    topic = models.CharField(max_length=40)
    basis = models.CharField(max_length=8)
    round = models.PositiveIntegerField(default=0)
    mailing = models.OneToOneField("marketing.Mailing", on_delete=models.PROTECT, related_name="automation_mailing")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["template", "version", "topic", "basis", "round"], name="marketing_automation_mailing_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.template_id} {self.version} {self.round}"


class AutomationSend(models.Model):
    """What a step of an automation's run sent: the key of the step, once."""

    key = models.CharField(max_length=120, unique=True)
    delivery = models.OneToOneField("marketing.Delivery", on_delete=models.PROTECT, related_name="automation_send")

    def __str__(self) -> str:
        return self.key
