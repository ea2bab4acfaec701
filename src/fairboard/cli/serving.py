"""The application `fairboard run` gives to granian: loaded while the database is being prepared, answering after."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fairboard.kit import startup


def _loaded() -> Callable[..., Any]:
    """The application, made as soon as database and static files are there; all it needs is loaded meanwhile."""
    try:
        startup.start()
        from django.urls import get_resolver

        get_resolver().check()  # loads every address, so that the first visitor does not wait for it
    except Exception:
        _wait_until_prepared()  # what is wrong with the settings is said by the preparation, which ends this process
        raise
    _wait_until_prepared()
    from fairboard.wsgi import application

    return application


def _wait_until_prepared() -> None:
    """Until `fairboard run` has prepared everything; if it gave up, its folder is gone and this process ends."""
    if not (named := os.environ.get(startup.PREPARED)):
        return
    marker = Path(named)
    while not marker.exists():
        if not marker.parent.exists():
            time.sleep(0.5)  # the server was told first, and does not take this end for a crash
            os._exit(0)
        time.sleep(0.01)


application = _loaded()
