"""Who works with the CRM."""

from collections.abc import Callable

import pytest

from fairboard.kit.actors import Actor


@pytest.fixture
def sales(make_member: Callable[..., Actor]) -> Actor:
    """Somebody of sales, without a seat of their own."""
    return make_member("sally", role="sales")


@pytest.fixture
def crm_admin(make_member: Callable[..., Actor]) -> Actor:
    """Who defines objects and fields."""
    return make_member("ada", role="admin")
