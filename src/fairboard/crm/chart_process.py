"""Draws charts and sets PDF documents in a process of its own: reads JSON from standard input, writes JSON.

What it loads takes some 90 MB, which go back to the machine when it ends; the web process and the worker stay small.
"""

import base64
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

LONGEST = 120
"""Seconds after which drawing is given up."""
_ROLES = re.compile(r' (?:role|aria-[a-z]+)="[^"]*"')


class DrawingFailed(RuntimeError):
    """The process ended without an answer."""


def draw(specs: Mapping[str, Any]) -> dict[str, str]:
    """The SVG of each specification by its name, empty for one that cannot be drawn; raises DrawingFailed."""
    return _asked({"charts": dict(specs)})["charts"] if specs else {}


def typeset(source: str, images: Mapping[str, str]) -> bytes:
    """The PDF of a Typst source with SVG images by file name; raises DrawingFailed."""
    return base64.b64decode(_asked({"source": source, "images": dict(images)})["pdf"])


def _asked(what: Mapping[str, Any]) -> Any:
    try:
        done = subprocess.run(
            [sys.executable, "-m", "fairboard.crm.chart_process"], input=json.dumps(what).encode(),
            capture_output=True, timeout=LONGEST, check=True,
        )  # fmt: skip
    except (subprocess.SubprocessError, OSError) as error:
        said = getattr(error, "stderr", b"") or str(error).encode()
        raise DrawingFailed(said.decode(errors="replace")[-200:]) from error
    return json.loads(done.stdout)


def main() -> None:
    """Answer what standard input asks for."""
    asked = json.load(sys.stdin)
    answer: dict[str, Any] = {}
    if "charts" in asked:
        answer["charts"] = _drawn(asked["charts"])
    if "source" in asked:
        answer["pdf"] = base64.b64encode(_set(asked["source"], asked["images"])).decode()
    json.dump(answer, sys.stdout)


def _drawn(specs: Mapping[str, Any]) -> dict[str, str]:
    import vl_convert  # noqa: PLC0415, heavy: in this process alone

    found = {}
    for name, spec in specs.items():
        try:
            found[name] = _ROLES.sub("", vl_convert.vegalite_to_svg(spec))
        except ValueError as error:
            print(f"{name}: {error}", file=sys.stderr)
            found[name] = ""
    return found


def _set(source: str, images: Mapping[str, str]) -> bytes:
    import typst  # noqa: PLC0415, heavy: in this process alone

    with tempfile.TemporaryDirectory(prefix="fairboard-pdf-") as folder:
        for name, svg in images.items():
            (Path(folder) / Path(name).name).write_text(svg, encoding="utf-8")
        main_file = Path(folder) / "main.typ"
        main_file.write_text(source, encoding="utf-8")
        made: bytes | Sequence[bytes] | None = typst.compile(str(main_file), root=folder)
    return made if isinstance(made, bytes) else b""


if __name__ == "__main__":
    main()
