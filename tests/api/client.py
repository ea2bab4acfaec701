"""A caller of the API with a token."""

import json
from typing import Any

from django.test import Client

from fairboard.kit.actors import Actor
from tests.people import token_of


class Caller:
    """Sends JSON with a member's token, or without one."""

    def __init__(self, actor: Actor | None = None) -> None:
        self.client = Client()
        self.headers = {"Authorization": f"Bearer {token_of(actor)}"} if actor else {}

    def get(self, path: str, **params: Any) -> Any:
        """A GET; parameters become the query."""
        return self.client.get(f"/api/v1{path}", params, headers=self.headers)

    def post(self, path: str, body: Any = None) -> Any:
        """A POST of JSON."""
        return self.client.post(
            f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=self.headers
        )

    def put(self, path: str, body: Any) -> Any:
        """A PUT of JSON."""
        return self.client.put(
            f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=self.headers
        )

    def delete(self, path: str) -> Any:
        """A DELETE."""
        return self.client.delete(f"/api/v1{path}", headers=self.headers)

    def patch(self, path: str, body: Any) -> Any:
        """A PATCH of JSON, whatever the version."""
        return self.client.patch(
            f"/api/v1{path}", json.dumps(body), content_type="application/json",
            headers={**self.headers, "If-Match": "*"},
        )  # fmt: skip
