"""The ready-made reports and dashboards are there after every migration."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.dispatch import receiver

from fairboard.crm.services.reports import install
from fairboard.kit import clock
from fairboard.kit.rooms import has_tables


@receiver(post_migrate)
def install_reports(sender: AppConfig, **_given: Any) -> None:
    """Add those that are missing, once the tables they are in are there."""
    if sender.label == "crm" and has_tables("crm_dashboard", "ledger_event"):
        install(at=clock.now())
