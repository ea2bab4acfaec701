"""What `fairboard run` does before it serves: settings, database, static files, demo. Runs as a process."""

import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from fairboard.cli import operate
from fairboard.kit import startup as django_start


def main() -> int:
    """Prepare the data folder and database; returns the exit code."""
    try:
        django_start.start()
        from fairboard.kit import tasks

        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        call_command("migrate", verbosity=0, interactive=False)
        call_command("collectstatic", verbosity=0, interactive=False)
        if unknown := tasks.unknown_names():
            raise ImproperlyConfigured(f"Tasks are enqueued that nobody registered: {', '.join(unknown)}.")
        from fairboard.cli.market import rebuild_index
        from fairboard.market.services.reindex import is_current

        if not is_current():
            rebuild_index()
        if settings.DEMO:
            from fairboard.demo.seed import prepare_demo

            prepare_demo()
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if not operate.explain(error):
            raise
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
