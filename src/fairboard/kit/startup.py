"""Starting Django for a command that needs it, once, and bringing database and static files up to date."""

import gc
import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

import django
from django.apps import apps
from django.conf import settings
from django.core.management import call_command

from fairboard.kit.problems import Conflict

if TYPE_CHECKING:
    from django.db.migrations.executor import MigrationExecutor

FEWER_COLLECTIONS = 50_000
"""Objects made between two looks for garbage; Python's own 700 is a fifth of the time a start takes."""


def start() -> None:
    """Load settings and rooms; raises ImproperlyConfigured naming every missing setting."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fairboard.settings")
    gc.set_threshold(FEWER_COLLECTIONS, *gc.get_threshold()[1:])
    if not apps.ready:
        django.setup()


def ready() -> None:
    """Start for a command that needs the database; an empty one is made ready.

    Raises Conflict where the schema is an earlier version's: bringing that up to date is the operator's decision.
    """
    start()
    if not unapplied():
        return
    if _executor().loader.applied_migrations:
        raise Conflict(
            "The database is an earlier version's: update it with `fairboard run` or `fairboard manage migrate`"
        )
    migrate()


def migrate() -> None:
    """Bring the schema up to date; where it is, that is found in a few milliseconds."""
    if unapplied():
        call_command("migrate", verbosity=0, interactive=False)


def unapplied() -> int:
    """How many migrations the database lacks."""
    executor = _executor()
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _executor() -> "MigrationExecutor":
    from django.db import connection  # noqa: PLC0415, needs settings
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415

    return MigrationExecutor(connection)


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
