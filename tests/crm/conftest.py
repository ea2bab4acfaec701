"""Who works with the CRM."""

from collections.abc import Callable

import pytest

from fairboard.kit.actors import Actor


@pytest.fixture
def crm_admin(make_member: Callable[..., Actor]) -> Actor:
    """Who defines objects and fields."""
    return make_member("ada", role="admin")
