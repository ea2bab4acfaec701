"""Who uses the client."""

from collections.abc import Callable

import pytest

from fairboard.kit.actors import Actor


@pytest.fixture
def sales(make_member: Callable[..., Actor]) -> Actor:
    """Somebody of sales."""
    return make_member("sally", role="sales")
