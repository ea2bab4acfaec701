"""The connection: one token, requests tried again where that is safe."""

import random
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from types import TracebackType
from typing import Any, Self

import requests

from fairboard.client.errors import error_of
from fairboard.client.jobs import Job
from fairboard.client.records import Change, Records, change_of

AGAIN = frozenset({429, 500, 502, 503, 504})
LONGEST_WAIT = 60.0


class Fairboard:
    """A market's API: ``Fairboard("https://market.example.org", token="fb_...")``.

    Requests answered with 429 or 5xx, or with nothing, are sent again up to ``tries`` times; one that creates carries
    the same ``Idempotency-Key`` each time, so that nothing is created twice. ``timeout`` in seconds.
    """

    def __init__(
        self, url: str, *, token: str, timeout: float = 30.0, tries: int = 5,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:  # fmt: skip
        self.url = url.rstrip("/")
        self._session = requests.Session()
        self._session.headers.update({"Authorization": f"Bearer {token}", "User-Agent": "fairboard-client"})
        self._timeout, self._tries, self._sleep = timeout, tries, sleep

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the connections."""
        self._session.close()

    def request(
        self, method: str, path: str, *, params: Mapping[str, Any] | None = None, json: Any = None,
        data: bytes | None = None, headers: Mapping[str, str] | None = None,
    ) -> requests.Response:  # fmt: skip
        """Send a request below ``/api/v1``; raises an ApiError, or requests' own error when nothing answers."""
        sent = dict(headers or {})
        if method == "POST":
            sent.setdefault("Idempotency-Key", uuid.uuid4().hex)
        for attempt in range(1, self._tries + 1):
            try:
                answer = self._session.request(
                    method, f"{self.url}/api/v1{path}", params=params, json=json, data=data, headers=sent,
                    timeout=self._timeout,
                )  # fmt: skip
            except (requests.ConnectionError, requests.Timeout):
                if attempt == self._tries:
                    raise
                self._sleep(_wait(attempt))
                continue
            if answer.ok:
                return answer
            if answer.status_code not in AGAIN or attempt == self._tries:
                raise error_of(answer.status_code, _problem(answer))
            self._sleep(_wait(attempt, answer.headers.get("Retry-After", "")))
        raise AssertionError("unreachable")

    def objects(self, type_key: str) -> Records:
        """The records of a type, standard or custom."""
        return Records(self, type_key)

    def types(self) -> list[dict[str, Any]]:
        """The object types, with what the token may do with each."""
        found: list[dict[str, Any]] = self.request("GET", "/objects").json()
        return found

    def changes(self, cursor: str = "", *, types: tuple[str, ...] = (), values: bool = False) -> Iterator[Change]:
        """What changed since a cursor, up to now; keep the last change's ``cursor`` to go on from later."""
        more = True
        while more:
            params: dict[str, Any] = {"cursor": cursor, "type": list(types), "limit": 500}
            if values:
                params["expand"] = "values"
            page = self.request("GET", "/crm/changes", params=params).json()
            cursor, more = page["next_cursor"], page["more"]
            yield from map(change_of, page["items"])

    def job(
        self, type_key: str, operation: str, *, key: str = "", format: str = "jsonl", override: bool = False
    ) -> Job:
        """A bulk job: insert, update, upsert or delete."""
        body = {"type": type_key, "operation": operation, "key": key, "format": format, "override": override}
        return Job(self, self.request("POST", "/crm/jobs", json=body).json(), self._sleep)


def _wait(attempt: int, said: str = "") -> float:
    """Seconds before the next try: what the server says, else doubling with some chance in it."""
    if said.isascii() and said.isdigit():
        return min(float(said), LONGEST_WAIT)
    return float(min(0.5 * 2**attempt, LONGEST_WAIT) * random.uniform(0.5, 1.0))  # noqa: S311, no secret


def _problem(answer: requests.Response) -> Mapping[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        return {"detail": answer.text[:300]}
    return body if isinstance(body, dict) else {}
