"""Hatch metadata hook: the package's dependencies are the lines of ``runtime.in``, written once."""

from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface


class RequirementsHook(MetadataHookInterface):
    """Read the runtime dependencies, leaving out what is only there to build the package."""

    def update(self, metadata: dict[str, Any]) -> None:
        lines = Path(self.root, "requirements", "runtime.in").read_text().splitlines()
        wanted = [line.strip() for line in lines if line.strip() and not line.startswith(("#", "-"))]
        metadata["dependencies"] = [line for line in wanted if not line.startswith(("hatchling", "editables"))]
