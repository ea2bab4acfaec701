"""Secrets of a local installation: made once, kept in the data folder, readable by its owner only."""

import json
import os
from collections.abc import Mapping
from pathlib import Path


def kept(path: Path, made: Mapping[str, str]) -> dict[str, str]:
    """The secrets kept in a file, which is written with ``made`` when it is not there; raises OSError."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
            json.dump(made, stream)
        try:
            os.link(draft, path)  # atomic: of two processes starting at once, one wins
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    loaded: dict[str, str] = json.loads(path.read_text())
    return loaded
