"""What the CRM does when others act: its packaged types are there after every migration."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from fairboard.crm import navigation, wording
from fairboard.crm.services import automations
from fairboard.crm.services.standard import install
from fairboard.kit import clock
from fairboard.kit.rooms import has_tables
from fairboard.safety import navigation as desk
from fairboard.ui import filters

desk.add("safety:queue", desk.Entry("crm:signals", _("Signals from sales"), "megaphone", "desk.decide"))
filters.offer("crm_nav", navigation.entries)
filters.offer("event_words", wording.event_words)
filters.offer("event_icon", wording.event_icon)


@receiver(post_migrate)
def install_standard(sender: AppConfig, **_given: Any) -> None:
    """Add packaged definitions that are missing, once the tables they are in are there."""
    if sender.label == "crm" and has_tables("crm_profile", "crm_automation", "ledger_event"):
        install(at=clock.now())
        automations.install(at=clock.now())
