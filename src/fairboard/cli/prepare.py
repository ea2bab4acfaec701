"""What `fairboard run` does before it serves: settings, database, static files, demo. Runs as a process."""

import sys
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from fairboard.cli import operate
from fairboard.kit import startup


def main() -> int:
    """Prepare the data folder and database; returns the exit code."""
    try:
        startup.start()
        from fairboard.kit import tasks

        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        with ThreadPoolExecutor(1) as aside:
            collecting = aside.submit(startup.collect_static_files)
            startup.migrate()
            collecting.result()
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
