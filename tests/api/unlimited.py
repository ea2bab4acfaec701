"""The product without rate limits, so that a fuzzer reaches what is behind them."""

from typing import Any

from fairboard.kit import limits


def _never(*args: Any, **kwargs: Any) -> None:
    """Counts nothing."""


limits.check = _never

from fairboard.wsgi import application  # noqa: E402

__all__ = ["application"]
