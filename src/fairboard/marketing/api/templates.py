"""Templates over the API."""

from typing import Any

from django.http import HttpRequest
from ninja import Path, Query, Router, Status

from fairboard.kit import clock
from fairboard.kit.schemas import PROBLEMS, ProblemOut
from fairboard.marketing import schemas
from fairboard.marketing.queries import templates as queries
from fairboard.marketing.services import templates as services
from fairboard.people.api_auth import require

router = Router()
ID = Path(..., pattern="^[0-9a-z]{1,16}$")
LANGUAGE = Path(..., pattern="^[a-z]{2}$")


def _detail(page: queries.TemplatePage) -> dict[str, Any]:
    row = page.row
    return {
        "id": row.id, "name": row.name, "version": row.version, "languages": list(row.languages),
        "updated_at": row.updated_at, "texts": page.texts,
    }  # fmt: skip


@router.get("/marketing/templates", response={200: schemas.TemplateList, PROBLEMS: ProblemOut})
def list_templates(request: HttpRequest, cursor: str = Query("", max_length=400)) -> Any:
    """Templates in use, newest first."""
    page = queries.templates(actor=require(request, "marketing:read"), cursor=cursor)
    return {"items": page.items, "next_cursor": page.next_cursor}


@router.post("/marketing/templates", response={201: schemas.TemplateDetail, PROBLEMS: ProblemOut})
def create_template(request: HttpRequest, given: schemas.TemplateIn) -> Any:
    """A new, empty template."""
    actor = require(request, "marketing:write")
    made = services.create_template(name=given.name, actor=actor, at=clock.now())
    return Status(201, _detail(queries.template_page(template_id=made, actor=actor)))


@router.get("/marketing/templates/{template_id}", response={200: schemas.TemplateDetail, PROBLEMS: ProblemOut})
def read_template(request: HttpRequest, template_id: str = ID) -> Any:
    """A template with its texts."""
    return _detail(queries.template_page(template_id=template_id, actor=require(request, "marketing:read")))


@router.put(
    "/marketing/templates/{template_id}/texts/{language}",
    response={200: schemas.TemplateDetail, PROBLEMS: ProblemOut},
)
def save_text(request: HttpRequest, given: schemas.TextIn, template_id: str = ID, language: str = LANGUAGE) -> Any:
    """Save what a template says in one language."""
    actor = require(request, "marketing:write")
    draft = services.TextDraft(language, given.subject, given.preheader, given.blocks)
    services.save_text(
        template_id=template_id, draft=draft, expected_version=given.version, actor=actor, at=clock.now()
    )
    return _detail(queries.template_page(template_id=template_id, actor=actor))


@router.post(
    "/marketing/templates/{template_id}/texts/{language}/preview",
    response={200: schemas.MailingPreviewOut, PROBLEMS: ProblemOut},
)
def preview(request: HttpRequest, given: schemas.PreviewIn, template_id: str = ID, language: str = LANGUAGE) -> Any:
    """A template as one recipient would get it, links leading nowhere."""
    page = queries.template_page(template_id=template_id, actor=require(request, "marketing:read"))
    subject, html, text = services.shown(page.texts, language, {**queries.SAMPLE, **given.values})
    return {"subject": subject, "html": html, "text": text}
