"""Documents as PDF, typeset by Typst from packaged templates. What people wrote is data there, never markup."""

import json
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any


def pdf(template: str, data: Mapping[str, Any]) -> bytes:
    """The PDF of a packaged template filled with data."""
    import typst  # noqa: PLC0415, a compiler of 30 MB that only documents need

    made: bytes = typst.compile(_source(template), sys_inputs={"data": json.dumps(data)}, ignore_system_fonts=True)
    return made


@lru_cache(maxsize=8)
def _source(template: str) -> bytes:
    return files("fairboard.crm.data").joinpath(f"{template}.typ").read_bytes()
