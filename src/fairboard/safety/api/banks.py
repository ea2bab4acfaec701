"""Hash banks over the API: made, filled, set aside, released."""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from ninja import Path, Query, Router, Status

from fairboard.kit import clock
from fairboard.kit.schemas import PROBLEMS, ProblemOut
from fairboard.people.api_auth import require
from fairboard.safety.queries import banks as queries
from fairboard.safety.schemas_banks import (
    BankIn,
    BankMadeOut,
    BankOut,
    EntryList,
    ImportedOut,
    LinesIn,
    MatchOut,
    SwitchIn,
    WhyIn,
)
from fairboard.safety.services import banks

router = Router(tags=["safety"])
ID = Path(..., pattern="^[0-9a-z]{1,16}$")
HASH = Path(..., pattern="^[0-9a-fA-F]{32,64}$")


@router.get("/banks", response={200: list[BankOut], PROBLEMS: ProblemOut})
def list_banks(request: HttpRequest) -> Any:
    """Every bank by its name."""
    return queries.banks(actor=require(request, "safety:manage"), at=clock.now())


@router.post("/banks", response={201: BankMadeOut, PROBLEMS: ProblemOut})
def create_bank(request: HttpRequest, bank: BankIn) -> Any:
    """A new bank, empty."""
    actor = require(request, "safety:manage")
    return Status(201, {"id": banks.create(actor=actor, at=clock.now(), **bank.dict())})


@router.get("/banks/{bank_id}", response={200: BankOut, PROBLEMS: ProblemOut})
def read_bank(request: HttpRequest, bank_id: str = ID) -> Any:
    """One bank."""
    return queries.bank(bank_id=bank_id, actor=require(request, "safety:manage"), at=clock.now())


@router.put("/banks/{bank_id}/enabled", response={204: None, PROBLEMS: ProblemOut})
def switch_bank(request: HttpRequest, switch: SwitchIn, bank_id: str = ID) -> Any:
    """Have a bank be looked into, or not."""
    actor = require(request, "safety:manage")
    banks.switch(bank_id=bank_id, enabled=switch.enabled, actor=actor, at=clock.now())
    return Status(204, None)


@router.get("/banks/{bank_id}/entries", response={200: EntryList, PROBLEMS: ProblemOut})
def list_entries(
    request: HttpRequest,
    bank_id: str = ID,
    hash: str = Query("", pattern="^[0-9a-fA-F]{0,64}$", description="What the hashes begin with."),
    cursor: str = Query("", max_length=400),
    limit: int = Query(50, ge=1, le=1000),
) -> Any:
    """The hashes of a bank, the last added first."""
    actor = require(request, "safety:manage")
    page = queries.entries(bank_id=bank_id, actor=actor, sought=hash, cursor=cursor, size=limit)
    return {"items": page.items, "next_cursor": page.next_cursor}


@router.post("/banks/{bank_id}/entries", response={200: ImportedOut, PROBLEMS: ProblemOut})
def add_entries(request: HttpRequest, given: LinesIn, bank_id: str = ID) -> Any:
    """Add hashes; a bad line is named and costs only itself."""
    actor = require(request, "safety:manage")
    return asdict(banks.bring_in(bank_id=bank_id, lines=given.lines, actor=actor, at=clock.now()))


@router.delete("/banks/{bank_id}/entries/{value}", response={204: None, PROBLEMS: ProblemOut})
def remove_entry(request: HttpRequest, bank_id: str = ID, value: str = HASH) -> Any:
    """Take a hash out."""
    actor = require(request, "safety:manage")
    banks.remove_entry(bank_id=bank_id, value=value, actor=actor, at=clock.now())
    return Status(204, None)


@router.get("/banks/{bank_id}/matches", response={200: list[MatchOut], PROBLEMS: ProblemOut})
def list_matches(request: HttpRequest, bank_id: str = ID) -> Any:
    """The last fifty matches that the caller may know of."""
    return queries.matches(bank_id=bank_id, actor=require(request, "safety:manage"))


@router.post("/banks/{bank_id}/quarantine", response={204: None, PROBLEMS: ProblemOut})
def quarantine_bank(request: HttpRequest, given: WhyIn, bank_id: str = ID) -> Any:
    """Set a bank aside."""
    actor = require(request, "safety:manage")
    banks.quarantine(bank_id=bank_id, why=given.why, actor=actor, at=clock.now())
    return Status(204, None)


@router.post("/banks/{bank_id}/release", response={204: None, PROBLEMS: ProblemOut})
def release_bank(request: HttpRequest, bank_id: str = ID) -> Any:
    """Have a bank, and every hash of it that was set aside, act again."""
    banks.release(bank_id=bank_id, actor=require(request, "safety:manage"), at=clock.now())
    return Status(204, None)
