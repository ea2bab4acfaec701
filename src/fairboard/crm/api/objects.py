"""Records of every type, standard and custom alike."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from fairboard.crm.queries.records import record
from fairboard.people.api_auth import require

router = Router()


@router.get("/objects/{key}/{record_id}", response=dict[str, Any], operation_id="object_get")
def get_record(request: HttpRequest, key: str, record_id: str) -> dict[str, Any]:
    """One record."""
    row = record(actor=require(request, "crm:read"), record_id=record_id)
    return {"id": row.id, "type": row.type_key, "name": row.name, "version": row.version, "values": dict(row.values)}
