"""The one place that touches the CEL library (common-expression-language)."""

from collections.abc import Callable, Mapping
from typing import Any

import cel

Compiled = Callable[[Mapping[str, Any]], Any]


def compile_expression(source: str) -> Compiled:
    """Compile CEL source; raises ValueError with the library's message."""
    program = cel.compile(source)

    def run(values: Mapping[str, Any]) -> Any:
        return program.execute(dict(values))

    return run
