"""Evidence over the API: what there is, who looked, and a copy against a purpose."""

from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from ninja import Path, Router, Status

from fairboard.kit import clock
from fairboard.kit.schemas import PROBLEMS, ProblemOut
from fairboard.people.api_auth import require
from fairboard.safety.queries import evidence as queries
from fairboard.safety.schemas_evidence import EvidenceOut, KeepIn, PurposeIn
from fairboard.safety.services import evidence as services

router = Router(tags=["safety"])
ID = Path(..., pattern="^[0-9a-z]{1,16}$")


@router.get("/cases/{case_id}/evidence", response={200: list[EvidenceOut], PROBLEMS: ProblemOut})
def list_evidence(request: HttpRequest, case_id: str = ID) -> Any:
    """The pieces of a case, the oldest first, with who looked at each."""
    return queries.evidence_of(case_id=case_id, actor=require(request, "desk:read"))


@router.post("/cases/{case_id}/evidence", response={201: EvidenceOut, PROBLEMS: ProblemOut})
def keep_evidence(request: HttpRequest, wanted: KeepIn, case_id: str = ID) -> Any:
    """Seal what is known of a case now; what was kept before is given back unless ``again``."""
    actor = require(request, "desk:write")
    made = services.keep(case_id=case_id, actor=actor, at=clock.now(), again=wanted.again)
    return Status(201, queries.evidence_by_id(evidence_id=made, actor=actor))


@router.get("/evidence/{evidence_id}", response={200: EvidenceOut, PROBLEMS: ProblemOut})
def read_evidence(request: HttpRequest, evidence_id: str = ID) -> Any:
    """One piece without what is in it."""
    return queries.evidence_by_id(evidence_id=evidence_id, actor=require(request, "desk:read"))


@router.post("/evidence/{evidence_id}/package", response={200: None, PROBLEMS: ProblemOut})
def take_copy(request: HttpRequest, asked: PurposeIn, evidence_id: str = ID) -> Any:
    """The package as a tar, decrypted as it is sent; purpose and person are written down first."""
    actor = require(request, "desk:write")
    chunks = services.download(
        evidence_id=evidence_id, purpose=asked.purpose, reason=asked.reason, actor=actor, at=clock.now()
    )
    return StreamingHttpResponse(chunks, content_type="application/x-tar", headers={"Cache-Control": "no-store"})
