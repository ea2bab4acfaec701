"""Which mailings count for which campaign of the CRM."""

from django.db import models


class CampaignMailing(models.Model):
    """A mailing that counts for a campaign. ``followed_at`` is set once its recipients are members of it."""

    mailing = models.OneToOneField("marketing.Mailing", on_delete=models.CASCADE, related_name="campaign_tie")
    campaign = models.ForeignKey("crm.Record", on_delete=models.CASCADE, related_name="+")
    followed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.mailing_id)
