"""Answers `fairboard` commands for one market: everything is loaded once, each command runs in a child of its own.

Loading the product takes seconds, and a browser test signs in people all the time. Run as a program with the market's
settings: reads one JSON list of arguments a line, writes one JSON object with exit code, stdout and stderr a line.
"""

import json
import os
import sys
import tempfile
from typing import Any

from fairboard.cli.main import main
from fairboard.kit import startup


def run(arguments: list[str]) -> dict[str, Any]:
    """The command as typed, in a child."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        child = os.fork()
        if child == 0:
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            sys.argv = ["fairboard", *arguments]
            code = 0
            try:
                main()
            except SystemExit as ended:
                code = int(ended.code or 0)
            except BaseException as error:
                print(repr(error), file=sys.stderr)
                code = 1
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
        _pid, status = os.waitpid(child, 0)
        out.seek(0)
        err.seek(0)
        return {"code": os.waitstatus_to_exitcode(status), "out": out.read(), "err": err.read()}


def serve() -> None:
    """Answer until nobody asks any more."""
    startup.start()
    from django.urls import get_resolver

    get_resolver().check()
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)


if __name__ == "__main__":
    serve()
