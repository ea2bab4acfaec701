"""What the CRM does when others act: its packaged types are there after every migration."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.dispatch import receiver

from fairboard.crm import navigation
from fairboard.crm.services.standard import install
from fairboard.kit import clock
from fairboard.ui import filters

filters.offer("crm_nav", navigation.entries)


@receiver(post_migrate)
def install_standard(sender: AppConfig, **_given: Any) -> None:
    """Add packaged definitions that are missing."""
    if sender.label == "crm":
        install(at=clock.now())
