"""The ready-made reports and dashboards are there after every migration."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.dispatch import receiver

from fairboard.crm.services.reports import install
from fairboard.kit import clock


@receiver(post_migrate)
def install_reports(sender: AppConfig, **_given: Any) -> None:
    """Add those that are missing."""
    if sender.label == "crm":
        install(at=clock.now())
