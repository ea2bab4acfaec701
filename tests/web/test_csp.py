"""Every page says what it may load: nothing from elsewhere, no script in the page."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/", "/nothing-here", "/account/login/", "/places?q=ber", "/api/v1/categories"])
def test_no_page_may_run_a_script_of_its_own_text(client: Client, path: str) -> None:
    policy = dict(part.strip().split(" ", 1) for part in client.get(path)["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert all("unsafe" not in allowed and "http" not in allowed for allowed in policy.values())
    assert policy["frame-ancestors"] == "'none'"
