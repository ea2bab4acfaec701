"""The ready-made reports and dashboards are there after every migration."""

from typing import Any

from django.apps import AppConfig
from django.db import connection
from django.db.models.signals import post_migrate
from django.dispatch import receiver

from fairboard.crm.services.reports import install
from fairboard.kit import clock


@receiver(post_migrate)
def install_reports(sender: AppConfig, **_given: Any) -> None:
    """Add those that are missing, once the tables they are in are there."""
    needed = {"crm_dashboard", "ledger_event"}
    if sender.label == "crm" and needed.issubset(connection.introspection.table_names()):
        install(at=clock.now())
