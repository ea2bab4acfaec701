"""Definitions over the API: object types, fields, layouts, pipelines, validations, passes over records."""

from typing import Any

from django.http import HttpRequest
from ninja import Path, Router, Status

from fairboard.crm import schemas_setup as shapes
from fairboard.crm.catalogue import FieldInfo, TypeInfo, catalogue
from fairboard.crm.queries import setup as queries
from fairboard.crm.queries.access import seat_of
from fairboard.crm.queries.records import readable
from fairboard.crm.services import definitions, layouts, pipelines, retyping, types, validations
from fairboard.fields import FieldError
from fairboard.kit import clock
from fairboard.kit.problems import Invalid
from fairboard.kit.schemas import PROBLEMS, ProblemOut
from fairboard.people.api_auth import require

router = Router()
KEY = Path(..., pattern="^[a-z0-9_]{1,43}$")
FIELD = Path(..., pattern="^[a-z0-9_]{1,43}$")
ID = Path(..., pattern="^[0-9a-z]{1,16}$")


def _field(one: FieldInfo) -> dict[str, Any]:
    return {
        "key": one.key, "label": one.label, "kind": one.kind, "type": one.type, "required": one.required,
        "is_unique": one.is_unique, "is_indexed": one.is_indexed, "is_standard": one.is_standard,
        "options": dict(one.options), "choices": [{"key": each.key, "label": each.label} for each in one.spec.choices],
    }  # fmt: skip


def _type(info: TypeInfo, seen: set[str]) -> dict[str, Any]:
    return {
        "key": info.key, "label": info.label, "plural": info.plural, "icon": info.icon,
        "is_standard": info.is_standard, "name_fields": list(info.name_fields),
        "fields": [_field(one) for key, one in info.fields.items() if key in seen],
        "record_types": [
            {"key": one.key, "label": one.label, "is_default": one.is_default,
             "choices": {key: list(keys) for key, keys in one.choices.items()}}
            for one in info.variants
        ],
        "layouts": [
            {"record_type": one.record_type, "profile": one.profile,
             "sections": [{"title": title, "fields": list(keys)} for title, keys in one.sections]}
            for one in info.layouts
        ],
        "pipelines": info.pipelines,
        "validations": [
            {"id": one.public_id, "name": one.name, "expression": one.expression, "message": one.message,
             "field_key": one.field_key}
            for one in info.validations
        ],
    }  # fmt: skip


@router.get("/crm/types", response={200: list[shapes.SetupTypeOut], PROBLEMS: ProblemOut}, operation_id="crm_types")
def list_types(request: HttpRequest) -> Any:
    """The object types the caller may read."""
    seat = seat_of(require(request, "crm:read"))
    return [one for one in catalogue().types.values() if seat.on(one.key).read != "none"]


@router.post("/crm/types", response={201: shapes.SetupTypeOut, PROBLEMS: ProblemOut}, operation_id="crm_type_create")
def create_type(request: HttpRequest, body: shapes.TypeIn) -> Any:
    """Define an object type."""
    actor = require(request, "crm:manage")
    return Status(201, definitions.create_type(**body.dict(), actor=actor, at=clock.now()))


@router.get("/crm/types/{key}", response={200: shapes.TypeDetail, PROBLEMS: ProblemOut}, operation_id="crm_type")
def get_type(request: HttpRequest, key: str = KEY) -> Any:
    """An object type with its fields (those the caller sees), record types, layouts, pipelines and validations."""
    seat, info = readable(require(request, "crm:read"), key)
    return _type(info, {one for one in info.fields if seat.fields.get(f"{key}.{one}") != "hidden"})


@router.put(
    "/crm/types/{key}", response={200: shapes.SetupTypeOut, PROBLEMS: ProblemOut}, operation_id="crm_type_change"
)
def change_type(request: HttpRequest, body: shapes.TypeChangeIn, key: str = KEY) -> Any:
    """Rename an object type."""
    actor = require(request, "crm:manage")
    types.change_type(type_key=key, **body.dict(), actor=actor, at=clock.now())
    return catalogue().type(key)


@router.delete("/crm/types/{key}", response={204: None, PROBLEMS: ProblemOut}, operation_id="crm_type_archive")
def archive_type(request: HttpRequest, key: str = KEY) -> Any:
    """Archive an object type; 409 names what needs it. Its records stay."""
    types.archive_type(type_key=key, actor=require(request, "crm:manage"), at=clock.now())
    return Status(204, None)


@router.post(
    "/crm/types/{key}/fields",
    response={201: shapes.SetupFieldOut, PROBLEMS: ProblemOut},
    operation_id="crm_field_create",
)
def create_field(request: HttpRequest, body: shapes.FieldIn, key: str = KEY) -> Any:
    """Define a field of any kind."""
    actor = require(request, "crm:manage")
    made = definitions.add_field(type_key=key, **body.dict(), actor=actor, at=clock.now())
    return Status(201, _field(made))


@router.patch(
    "/crm/types/{key}/fields/{field_key}", response={200: shapes.SetupFieldOut, PROBLEMS: ProblemOut},
    operation_id="crm_field_change",
)  # fmt: skip
def change_field(request: HttpRequest, body: shapes.FieldChangeIn, key: str = KEY, field_key: str = FIELD) -> Any:
    """Change a field but for its key, kind and type."""
    actor = require(request, "crm:manage")
    return _field(
        definitions.change_field(type_key=key, field_key=field_key, **body.dict(), actor=actor, at=clock.now())
    )


@router.delete(
    "/crm/types/{key}/fields/{field_key}", response={204: None, PROBLEMS: ProblemOut}, operation_id="crm_field_archive"
)
def archive_field(request: HttpRequest, key: str = KEY, field_key: str = FIELD) -> Any:
    """Archive a field; 409 names what would break. Its values stay."""
    definitions.archive_field(
        type_key=key, field_key=field_key, actor=require(request, "crm:manage"), at=clock.now()
    )  # fmt: skip
    return Status(204, None)


@router.post(
    "/crm/types/{key}/fields/{field_key}/restore", response={200: shapes.SetupFieldOut, PROBLEMS: ProblemOut},
    operation_id="crm_field_restore",
)  # fmt: skip
def restore_field(request: HttpRequest, key: str = KEY, field_key: str = FIELD) -> Any:
    """Take an archived field into use again with its values."""
    actor = require(request, "crm:manage")
    definitions.unarchive_field(type_key=key, field_key=field_key, actor=actor, at=clock.now())
    return _field(catalogue().type(key).field(field_key))


@router.post(
    "/crm/types/{key}/fields/{field_key}/purge", response={202: shapes.SetupMadeOut, PROBLEMS: ProblemOut},
    operation_id="crm_field_purge",
)  # fmt: skip
def purge_field(request: HttpRequest, body: shapes.PurgeIn, key: str = KEY, field_key: str = FIELD) -> Any:
    """Remove an archived field and its values for good."""
    actor = require(request, "crm:manage")
    work = retyping.purge_field(
        type_key=key, field_key=field_key, confirmed=body.confirmed, actor=actor, at=clock.now()
    )  # fmt: skip
    return Status(202, {"id": work})


@router.post(
    "/crm/types/{key}/fields/{field_key}/retype", response={200: shapes.RetypeOut, PROBLEMS: ProblemOut},
    operation_id="crm_field_retype",
)  # fmt: skip
def retype_field(request: HttpRequest, body: shapes.RetypeIn, key: str = KEY, field_key: str = FIELD) -> Any:
    """Give a field another type, or see what that would do (the default)."""
    actor, info = require(request, "crm:manage"), catalogue().type(key)
    try:
        seen = queries.preview_retype(
            actor=actor, info=info, field_key=field_key, value_type=body.value_type, options=body.options
        )
    except (FieldError, KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise Invalid(str(error), field="options") from error
    found = {"converts": seen.converts, "fails": seen.fails, "bad": [text for text, _count in seen.bad]}
    if body.dry_run:
        return found
    work = retyping.retype_field(
        type_key=key, field_key=field_key, value_type=body.value_type, options=body.options, actor=actor, at=clock.now()
    )
    return found | {"work": work}


@router.put("/crm/types/{key}/layouts", response={204: None, PROBLEMS: ProblemOut}, operation_id="crm_layout_keep")
def keep_layout(request: HttpRequest, body: shapes.LayoutIn, key: str = KEY) -> Any:
    """Keep the layout for a record type and a profile."""
    layouts.save_layout(
        type_key=key, record_type=body.record_type, profile=body.profile,
        sections=[(one.title, one.fields) for one in body.sections], actor=require(request, "crm:manage"),
        at=clock.now(),
    )  # fmt: skip
    return Status(204, None)


@router.post(
    "/crm/types/{key}/pipelines", response={201: shapes.SetupMadeOut, PROBLEMS: ProblemOut},
    operation_id="crm_pipeline_create",
)  # fmt: skip
def create_pipeline(request: HttpRequest, body: shapes.PipelineIn, key: str = KEY) -> Any:
    """Add a pipeline with three stages to begin with."""
    actor = require(request, "crm:manage")
    made = pipelines.add_pipeline(type_key=key, label=body.label, actor=actor, at=clock.now())
    return Status(201, {"id": made})


@router.put(
    "/crm/types/{key}/pipelines/{pipeline}/stages", response={204: None, PROBLEMS: ProblemOut},
    operation_id="crm_stage_keep",
)  # fmt: skip
def keep_stage(request: HttpRequest, body: shapes.StageIn, key: str = KEY, pipeline: str = FIELD) -> Any:
    """Add or change a stage."""
    actor = require(request, "crm:manage")
    pipelines.save_stage(type_key=key, pipeline=pipeline, **body.dict(), actor=actor, at=clock.now())
    return Status(204, None)


@router.delete(
    "/crm/types/{key}/pipelines/{pipeline}", response={204: None, PROBLEMS: ProblemOut},
    operation_id="crm_pipeline_archive",
)  # fmt: skip
def archive_pipeline(request: HttpRequest, key: str = KEY, pipeline: str = FIELD) -> Any:
    """Archive a pipeline; records in it stay readable and can be finished."""
    pipelines.archive_pipeline(type_key=key, key=pipeline, actor=require(request, "crm:manage"), at=clock.now())
    return Status(204, None)


@router.post(
    "/crm/types/{key}/validations", response={201: shapes.SetupMadeOut, PROBLEMS: ProblemOut},
    operation_id="crm_validation_create",
)  # fmt: skip
def create_validation(request: HttpRequest, body: shapes.ValidationIn, key: str = KEY) -> Any:
    """Add a validation."""
    actor = require(request, "crm:manage")
    made = validations.save_validation(
        type_key=key, validation_id="", **body.dict(), actor=actor, at=clock.now()
    )  # fmt: skip
    return Status(201, {"id": made})


@router.delete(
    "/crm/types/{key}/validations/{validation_id}", response={204: None, PROBLEMS: ProblemOut},
    operation_id="crm_validation_remove",
)  # fmt: skip
def remove_validation(request: HttpRequest, key: str = KEY, validation_id: str = ID) -> Any:
    """Remove a validation."""
    actor = require(request, "crm:manage")
    validations.remove_validation(type_key=key, validation_id=validation_id, actor=actor, at=clock.now())
    return Status(204, None)


@router.get("/crm/work/{work_id}", response={200: shapes.WorkOut, PROBLEMS: ProblemOut}, operation_id="crm_work")
def get_work(request: HttpRequest, work_id: str = ID) -> Any:
    """How far a pass over records is."""
    return queries.work(actor=require(request, "crm:manage"), work_id=work_id)
