"""Records of a type: read, written, walked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import quote

import requests


class Sender(Protocol):
    """What sends requests."""

    def request(
        self, method: str, path: str, *, params: Mapping[str, Any] | None = None, json: Any = None,
        data: bytes | None = None, headers: Mapping[str, str] | None = None,
    ) -> requests.Response:  # fmt: skip
        """Send one."""
        ...


@dataclass(frozen=True, slots=True)
class Record:
    """A record; ``values`` by field key, ``version`` for changing what was read and nothing newer."""

    id: str
    type: str
    name: str
    record_type: str
    owner: str
    version: int
    created: datetime
    updated: datetime
    values: Mapping[str, Any]
    expanded: Mapping[str, Any] = field(default_factory=dict)

    def __getitem__(self, key: str) -> Any:
        """A value, None for an empty field."""
        return self.values.get(key)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row of an array: the record, or the problem."""

    record: Record | None
    problem: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a record: created, changed, deleted, restored or purged. Go on from its ``cursor`` later."""

    number: int
    act: str
    type: str
    record_id: str
    at: datetime
    fields: tuple[str, ...]
    cursor: str
    values: Mapping[str, Any] = field(default_factory=dict)
    changes: Sequence[Mapping[str, Any]] = ()


class Records:
    """The records of one type."""

    def __init__(self, sender: Sender, type_key: str) -> None:
        self._sender, self.type = sender, type_key
        self._path = f"/objects/{type_key}"

    def describe(self) -> dict[str, Any]:
        """Fields, choices, record types, pipelines and rights."""
        found: dict[str, Any] = self._sender.request("GET", f"{self._path}/describe").json()
        return found

    def get(self, record_id: str, *, expand: Sequence[str] = ()) -> Record:
        """One record; raises NotFound."""
        params = {"expand": ",".join(expand)} if expand else {}
        return record_of(self._sender.request("GET", f"{self._path}/{record_id}", params=params).json())

    def find(
        self, *, filter: Mapping[str, Any] | None = None, sort: str = "-id", fields: Sequence[str] = (),
        expand: Sequence[str] = (), page_size: int = 200, **conditions: Any,
    ) -> Iterator[Record]:  # fmt: skip
        """Every record of a filter tree, or of conditions: ``stage="won", amount__gte=5``. Read page by page."""
        tree = _joined(filter, conditions)
        body: dict[str, Any] = {"sort": sort, "limit": page_size, "fields": list(fields), "expand": list(expand)}
        if tree:
            body["filter"] = tree
        cursor = ""
        while True:
            page = self._sender.request("POST", f"{self._path}/query", json={**body, "cursor": cursor}).json()
            yield from map(record_of, page["items"])
            cursor = page["next_cursor"]
            if not cursor:
                return

    def create(
        self, values: Mapping[str, Any], *, owner: str | None = None, record_type: str | None = None,
        override: bool = False,
    ) -> Record:  # fmt: skip
        """Create one; raises Conflict with its ``candidates`` for what may be there already, unless ``override``."""
        params = {"override": "true"} if override else {}
        body = _body(values, owner, record_type)
        return record_of(self._sender.request("POST", self._path, json=body, params=params).json())

    def create_many(self, rows: Sequence[Mapping[str, Any]], *, partial: bool = False) -> list[Outcome]:
        """Create up to 200: all or none, or with ``partial`` each by itself."""
        params = {"partial": "true"} if partial else {}
        answer = self._sender.request("POST", self._path, json=[{"values": dict(one)} for one in rows], params=params)
        return [
            Outcome(record_of(one["record"]) if one["record"] else None, one["problem"])
            for one in answer.json()["results"]
        ]

    def update(
        self, record: Record | str, values: Mapping[str, Any], *, owner: str | None = None,
        record_type: str | None = None,
    ) -> Record:  # fmt: skip
        """Change values, None empties one. Given a Record, it must still have its version (Stale); an id: any."""
        record_id, version = _aim(record)
        body = _body(values, owner, record_type)
        answer = self._sender.request("PATCH", f"{self._path}/{record_id}", json=body, headers={"If-Match": version})
        return record_of(answer.json())

    def upsert(
        self, key: str, value: str, values: Mapping[str, Any], *, owner: str | None = None, override: bool = False
    ) -> Record:
        """Change the record that has ``value`` in the unique field ``key``, or create it."""
        path = f"{self._path}/by/{key}/{quote(value, safe='')}"
        params = {"override": "true"} if override else {}
        return record_of(self._sender.request("PUT", path, json=_body(values, owner, None), params=params).json())

    def delete(self, record: Record | str) -> None:
        """Put a record into the bin."""
        record_id, version = _aim(record)
        self._sender.request("DELETE", f"{self._path}/{record_id}", headers={"If-Match": version})

    def restore(self, record_id: str) -> Record:
        """Take a record out of the bin."""
        return record_of(self._sender.request("POST", f"{self._path}/{record_id}/restore").json())


def _aim(record: Record | str) -> tuple[str, str]:
    return (record.id, f'"{record.version}"') if isinstance(record, Record) else (record, "*")


def _body(values: Mapping[str, Any], owner: str | None, record_type: str | None) -> dict[str, Any]:
    return {"values": dict(values), "owner": owner, "record_type": record_type}


def _joined(tree: Mapping[str, Any] | None, conditions: Mapping[str, Any]) -> dict[str, Any] | None:
    parts: list[Any] = [dict(tree)] if tree else []
    for name, value in conditions.items():
        key, sign, op = name.rpartition("__")
        if not sign:
            key, op = name, "in" if isinstance(value, list | tuple) else "eq"
        parts.append({"field": key, "op": op, "value": list(value) if isinstance(value, tuple) else value})
    if not parts:
        return None
    found: dict[str, Any] = parts[0] if len(parts) == 1 else {"and": parts}
    return found


def record_of(body: Mapping[str, Any]) -> Record:
    """A record as the API writes it."""
    return Record(
        body["id"], body["type"], body["name"], body["record_type"], body["owner"], body["version"],
        datetime.fromisoformat(body["created"]), datetime.fromisoformat(body["updated"]), body["values"],
        body.get("expanded") or {},
    )  # fmt: skip


def change_of(body: Mapping[str, Any]) -> Change:
    """A change as the API writes it."""
    return Change(
        body["number"], body["act"], body["type"], body["record_id"], datetime.fromisoformat(body["at"]),
        tuple(body["fields"]), body["cursor"], body.get("values") or {}, body.get("changes") or (),
    )  # fmt: skip
