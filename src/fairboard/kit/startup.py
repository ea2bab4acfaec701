"""Starting Django for a command that needs it, once, and bringing database and static files up to date."""

import hashlib
import os
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.core.management import call_command

PREPARED = "FAIRBOARD_RUN_PREPARED"
"""Names the file that is there once everything is prepared; `fairboard run` sets it for its own children."""


def start() -> None:
    """Load settings and rooms; raises ImproperlyConfigured naming every missing setting."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fairboard.settings")
    if not apps.ready:
        django.setup()


def migrate() -> None:
    """Bring the schema up to date; where it is, that is found in a few milliseconds."""
    from django.db import connection  # noqa: PLC0415, needs settings
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False)


def collect_static_files() -> None:
    """Copy, hash and compress the static files, when they are others than last time."""
    from django.contrib.staticfiles.finders import get_finders  # noqa: PLC0415

    marker = Path(settings.STATIC_ROOT) / ".collected"
    found = hashlib.sha256(f"{django.__version__} {settings.STATIC_URL}\n".encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            file = Path(storage.path(path)).stat()
            found.update(f"{path} {file.st_size} {file.st_mtime_ns}\n".encode())
    if not marker.is_file() or marker.read_text() != found.hexdigest():
        call_command("collectstatic", verbosity=0, interactive=False)
        marker.write_text(found.hexdigest())
