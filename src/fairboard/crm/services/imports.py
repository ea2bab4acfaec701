"""Preparing an import: files taken in, columns suggested and chosen, started, stopped, thrown away."""

import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path, PurePath
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from fairboard.crm import events
from fairboard.crm.catalogue import PREFIX, TypeInfo, catalogue
from fairboard.crm.importing import files, guessing, known
from fairboard.crm.models import Import, ImportFile, ImportMapping, ImportProblem
from fairboard.crm.queries.access import editable_fields, seat_of
from fairboard.crm.queries.records import check_permission
from fairboard.crm.services.import_countries import country_of
from fairboard.crm.services.import_fields import make_fields
from fairboard.fields import FieldError
from fairboard.kit import ids, tasks
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Invalid, NotFound
from fairboard.ledger.services import Subject, record

MODES = ("create", "update", "upsert")
MOST_FILES, MOST_BYTES = 50, 4 << 30
OPEN_LISTS = ("industry", "source")
"""Choices that say nothing to the program: those of a known CRM are added to ours."""
KEPT = timedelta(days=30)
"""How long the files of an import are kept, and with them its file of refused rows."""
RUN = tasks.expect("crm.run_import")
Given = tuple[str, Path]
"""The name of a file and where it lies."""


def take_in(
    *, given: Sequence[Given], actor: Actor, at: datetime, type_key: str = "", new_fields: bool = True
) -> Import:
    """Make an import of files (CSV, XLSX, or ZIP of these), each with a suggestion of what its columns are.

    Raises Forbidden, and Invalid for a file that cannot be read. The files are copied.
    """
    check_permission(actor, "import")
    folder = Path(settings.CRM_DIR) / "imports" / ids.new_id()
    folder.mkdir(parents=True)
    try:
        found = [one for name, path in given for one in _unpacked(name, path, folder)]
        if not found:
            raise Invalid(_("Choose a file."), field="file")
        if len(found) > MOST_FILES:
            raise Invalid(_("An import takes %(n)d files.") % {"n": MOST_FILES}, field="file")
        with transaction.atomic():
            job = Import.objects.create(actor_id=actor.id, created_at=at)
            rows = [_file(job, name, path, type_key, actor, at) for name, path in found]
            _as_a_set(job, rows, actor, new_fields)
            if country := country_of(rows):
                job.options = {**job.options, "country": country}
                job.save(update_fields=["options"])
    except FieldError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise Invalid(_(error.message) % error.values if error.values else _(error.message), field="file") from error
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return job


def take_uploads(*, uploads: Iterable[Any], actor: Actor, at: datetime, type_key: str = "") -> Import:
    """Make an import of what was uploaded (each with ``name`` and ``chunks()``). Raises as `take_in`."""
    check_permission(actor, "import")
    if type_key:
        catalogue().type(type_key)
    with tempfile.TemporaryDirectory(prefix="fairboard-upload-") as folder:
        given = []
        for place, one in enumerate(uploads):
            path = Path(folder) / str(place)
            with open(path, "wb") as stream:
                for part in one.chunks():
                    stream.write(part)
            given.append((PurePath(str(one.name)).name or "file", path))
        if not given:
            raise Invalid(_("Choose a file."), field="file")
        return take_in(given=given, actor=actor, at=at, type_key=type_key)


def _unpacked(name: str, path: Path, folder: Path) -> list[Given]:
    if not name.lower().endswith(".zip"):
        stored = folder / f"{ids.new_id()}{PurePath(name).suffix.lower()[:6]}"
        shutil.copyfile(path, stored)
        return [(name, stored)]
    found: list[Given] = []
    try:
        with zipfile.ZipFile(path) as archive:
            members = [one for one in archive.infolist()
                       if one.filename.lower().endswith((".csv", ".txt", ".tsv", *files.SHEETS))
                       and not PurePath(one.filename).name.startswith(".")]  # fmt: skip
            if sum(one.file_size for one in members) > MOST_BYTES:
                raise Invalid(_("The files in %(name)s are too large.") % {"name": name}, field="file")
            for one in members[: MOST_FILES + 1]:
                stored = folder / f"{ids.new_id()}{PurePath(one.filename).suffix.lower()}"
                with archive.open(one) as source, open(stored, "wb") as target:
                    shutil.copyfileobj(source, target)
                found.append((PurePath(one.filename).name, stored))
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise Invalid(_("%(name)s is not a ZIP file that can be read.") % {"name": name}, field="file") from error
    return found


def _file(job: Import, name: str, path: Path, type_key: str, actor: Actor, at: datetime) -> ImportFile:
    layout = files.layout_of(path, name)
    rows = list(islice(files.rows_of(path, layout), guessing.SAMPLE + 1))
    if len(rows) < 2:
        raise FieldError("%(name)s has no rows below its headings.", name=name)
    headings = files.headings_of(rows[0].cells)
    fitted = [files.fitted(row, len(headings)).cells for row in rows[1:] if row.error is None]
    file = ImportFile(
        job=job, name=name[:200], stored=str(path.relative_to(settings.CRM_DIR)),
        layout=layout.as_dict() | {"skip": rows[0].number - 1 if layout.kind == "csv" else 0}, headings=headings,
        sample=[[str(cell if cell is not None else "")[:200] for cell in row] for row in fitted],
        rows=files.estimated(path, layout, 0) if layout.kind == "csv" else _counted(path, layout),
    )  # fmt: skip
    recognised = known.recognised(headings) if not type_key else None
    if recognised:
        job.source, file.type_key, file.position = recognised.source, recognised.type_key, recognised.place
    else:
        file.type_key = type_key or _type_of(file, actor)
    if file.type_key:
        suggest(file, actor=actor)
    file.save()
    return file


def _counted(path: Path, layout: files.Layout) -> int:
    return max(0, sum(1 for _row in files.rows_of(path, layout)) - 1)


def _type_of(file: ImportFile, actor: Actor) -> str:
    """The type whose fields most headings fit, by the file's name where that says it."""
    seat, best, most = seat_of(actor), "", 1
    name = guessing.folded(PurePath(file.name).stem)
    for info in catalogue().types.values():
        if not seat.on(info.key).create:
            continue
        columns = guessing.suggested(info, file.headings, file.sample, {}, editable_fields(seat, info))
        score = sum(bool(one["field"]) for one in columns)
        missing = sum(
            one.required and one.is_written and not any(c["field"] == one.key for c in columns)
            for one in info.fields.values()
        )
        if name and name in {guessing.folded(info.label), guessing.folded(info.plural)}:
            score += 20
        if score - 3 * missing > most:
            best, most = info.key, score - 3 * missing
    return best


def suggest(file: ImportFile, *, actor: Actor) -> None:
    """Fill in what the columns of a file are, its mode and match, from headings, contents and earlier imports."""
    info = catalogue().type(file.type_key)
    writable = editable_fields(seat_of(actor), info)
    remembered = {
        one.heading: one.column
        for one in ImportMapping.objects.filter(
            type_key=info.key, heading__in=[guessing.folded(one) for one in file.headings]
        )
    }
    recognised = known.recognised(file.headings)
    if recognised and recognised.type_key == info.key:
        file.columns = _known_columns(file, info, recognised, writable)
    else:
        file.columns = guessing.suggested(info, file.headings, file.sample, remembered, writable)
        for place, column in enumerate(file.columns):
            if not column["field"]:
                column["new"] = guessing.new_field(column["heading"], [row[place] for row in file.sample])
    mapped = {one["field"] for one in file.columns}
    file.match = "external_id" if "external_id" in mapped and info.fields["external_id"].is_unique else ""
    file.mode = "upsert" if file.match else "create"


def _known_columns(
    file: ImportFile, info: TypeInfo, found: known.Known, writable: frozenset[str]
) -> list[dict[str, Any]]:
    columns, taken = [], set[str]()
    for place, heading in enumerate(file.headings):
        key = found.columns.get(heading, "")
        cells = [row[place] for row in file.sample]
        one: dict[str, Any] = {"heading": heading, "field": "", "by": "", "sniffed": guessing.sniffed(cells)}
        own = guessing.new_field(heading, cells) if known.is_custom(found.source, heading) else None
        if key and key in writable and key not in taken:
            taken.add(key)
            one |= {"field": key, "by": "external_id" if info.fields[key].kind == "relation" else "",
                    "fallback": list(found.fallback.get(heading, ()))}  # fmt: skip
        elif own is not None:
            mine = PREFIX + guessing.slug(own["label"])
            one |= {"field": mine} if mine in writable and mine not in taken else {"new": own}
        columns.append(one)
    return columns


def _as_a_set(job: Import, rows: Sequence[ImportFile], actor: Actor, new_fields: bool) -> None:
    """Files of a known CRM are read leniently, in their order, with its own fields made ours where that is allowed."""
    if job.source == "file":
        for place, file in enumerate(rows):
            file.position = place
            file.save(update_fields=["position"])
        return
    job.options = {"lenient": True}
    job.save(update_fields=["source", "options"])
    for file in rows:
        for column in file.columns:
            may = new_fields and actor.can("crm.manage")
            column["make"] = bool(column.get("new")) and may
            column["grow"] = column["field"] in OPEN_LISTS and may
            if column["field"] == "stage":
                column["words"] = _stages(file, column["heading"])
        file.save(update_fields=["columns"])


def _stages(file: ImportFile, heading: str) -> dict[str, str]:
    """For stages nobody knows: the open stage whose probability is the nearest to that of their records."""
    info = catalogue().type(file.type_key)
    way = info.pipeline("")
    known_words = known.words_for(info.key, "stage").keys() | {
        word.casefold() for one in info.fields["stage"].spec.choices for word in (one.key, one.label)
    }
    places = {one["field"]: at for at, one in enumerate(file.columns)}
    chances: dict[str, list[float]] = {}
    layout, path = files.Layout(**file.layout), Path(settings.CRM_DIR) / file.stored
    for row in islice(files.rows_of(path, layout), 1, None):
        cells = files.fitted(row, len(file.headings)).cells
        word = " ".join(str(cells[places["stage"]] if cells else "").split()).casefold()
        if not word or word in known_words or row.error:
            continue
        mine = chances.setdefault(word, [])
        chance = str(cells[places["probability"]] if "probability" in places else "").rstrip("%").strip()
        if len(mine) < 200 and chance.replace(".", "", 1).isdigit():
            mine.append(float(chance))
    if way is None:
        return {}
    open_stages = [one for one in way.stages if one.outcome == "open"]
    found = {}
    for word, seen in chances.items():
        middle = sorted(seen)[len(seen) // 2] if seen else 0
        stage = min(open_stages, key=lambda one: abs(one.probability - middle), default=None)
        if stage is not None:
            found[word] = stage.key
    return found


def own_import(*, import_id: str, actor: Actor) -> Import:
    """An import the actor may act on: their own, any of them for administrators; raises NotFound, Forbidden."""
    check_permission(actor, "import")
    job = Import.objects.filter(public_id=import_id).first()
    if job is None or (job.actor_id != actor.id and not actor.can("crm.manage")):
        raise NotFound(_("There is no such import."))
    return job


def configure(
    *, import_id: str, file_id: str, actor: Actor, type_key: str | None = None,
    columns: Sequence[Mapping[str, Any]] | None = None, mode: str | None = None, match: str | None = None,
) -> ImportFile:  # fmt: skip
    """Choose what a file is and what its columns become; a new type brings a new suggestion. Raises Invalid."""
    job = own_import(import_id=import_id, actor=actor)
    _check_open(job)
    file = ImportFile.objects.filter(job=job, public_id=file_id).first()
    if file is None:
        raise NotFound(_("There is no such file."))
    if type_key is not None and type_key != file.type_key:
        catalogue().type(type_key)
        file.type_key = type_key
        suggest(file, actor=actor)
    elif columns is not None:
        given = {str(one.get("heading")): one for one in columns}
        file.columns = [
            {**column, **{name: given[column["heading"]][name] for name in ("field", "by", "create", "make", "grow")
                          if name in given.get(column["heading"], {})}}
            for column in file.columns
        ]  # fmt: skip
    file.mode = mode if mode is not None else file.mode
    file.match = match if match is not None else file.match
    if file.mode == "create":
        file.match = ""
    check(file, actor=actor)
    file.save()
    return file


def _check_open(job: Import) -> None:
    if job.state not in {"draft", "done", "failed"} or (job.state == "done" and not job.dry_run):
        raise Conflict(_("This import has been started."))


def check(file: ImportFile, *, actor: Actor) -> None:
    """Raise Invalid when a file cannot be imported as it is configured."""
    info, seat = catalogue().type(file.type_key), seat_of(actor)
    may, taken = editable_fields(seat, info), set[str]()
    for column in file.columns:
        key = column.get("field", "")
        if not key:
            continue
        where = f"{column['heading']}"
        if key not in info.fields or key not in may:
            raise Invalid(_("%(heading)s: this field cannot be written.") % {"heading": where}, field="columns")
        if key in taken:
            raise Invalid(_("%(heading)s: another column is this field already.") % {"heading": where}, field="columns")
        taken.add(key)
    if not taken and not any(column.get("make") for column in file.columns):
        raise Invalid(_("Choose what at least one column of %(name)s is.") % {"name": file.name}, field="columns")
    if file.mode not in MODES:
        raise Invalid(_("Choose whether rows create or change records."), field="mode")
    if file.mode != "create" and file.match not in taken:
        raise Invalid(_("Choose the column by which records are found."), field="match")
    if file.mode == "create" or (file.mode == "upsert" and not seat.on(info.key).create):
        missing = [one.label for one in info.fields.values() if one.required and one.is_written
                   and one.key not in taken]  # fmt: skip
        if missing and file.mode == "create":
            raise Invalid(_("No column is %(names)s, which is needed.") % {"names": ", ".join(missing)},
                          field="columns")  # fmt: skip


def start(
    *, import_id: str, actor: Actor, at: datetime, dry_run: bool = False, options: Mapping[str, Any] | None = None,
    enqueue: bool = True,
) -> Import:  # fmt: skip
    """Begin an import, or try it out. Raises Invalid, Conflict, Forbidden."""
    with transaction.atomic():
        job = Import.objects.select_for_update().get(pk=own_import(import_id=import_id, actor=actor).pk)
        _check_open(job)
        if options is not None:
            job.options = {**job.options, **{key: options[key] for key in ("lenient", "country") if key in options}}
        rows = list(job.files.order_by("position", "pk"))
        for file in rows:
            if not file.type_key:
                raise Invalid(_("Choose what %(name)s holds.") % {"name": file.name}, field="type")
            if not dry_run:
                make_fields(file, actor, at)
            check(file, actor=actor)
            _start_over(file)
        job.state, job.dry_run, job.message, job.beat_at = "queued", dry_run, "", at
        job.finished_at = None
        job.save()
        if not dry_run:
            _remember(rows, at)
            record(kind=events.IMPORT_STARTED, subject=Subject("crm.import", job.public_id), actor=actor, at=at,
                   data={"files": len(rows), "types": sorted({one.type_key for one in rows})})  # fmt: skip
        if enqueue:
            tasks.enqueue(RUN, import_id=job.public_id)
    return job


def _start_over(file: ImportFile) -> None:
    ImportProblem.objects.filter(file=file).delete()
    file.done = file.created = file.updated = file.unchanged = file.bad = file.warned = 0
    file.is_done = file.is_second = False
    file.save()


def _remember(rows: Sequence[ImportFile], at: datetime) -> None:
    for file in rows:
        for column in file.columns:
            if column.get("field"):
                kept = {name: column[name] for name in ("field", "by", "create") if name in column}
                ImportMapping.objects.update_or_create(
                    type_key=file.type_key, heading=guessing.folded(column["heading"])[:200],
                    defaults={"column": kept, "used_at": at},
                )  # fmt: skip


def stop(*, import_id: str, actor: Actor, at: datetime) -> None:
    """Stop an import after the chunk it is at; what was written stays and can be undone."""
    job = own_import(import_id=import_id, actor=actor)
    if not Import.objects.filter(pk=job.pk, state__in=["queued", "running"]).update(state="stopped", finished_at=at):
        raise Conflict(_("This import is not running."))


def throw_away_files(*, at: datetime) -> int:
    """Remove the files of imports that ended 30 days ago; returns how many imports."""
    old = Import.objects.filter(created_at__lt=at - KEPT).exclude(state__in=["queued", "running", "summing"])
    folders = {
        str(PurePath(one).parent) for one in ImportFile.objects.filter(job__in=old).values_list("stored", flat=True)
    }
    for folder in folders:
        shutil.rmtree(Path(settings.CRM_DIR) / folder, ignore_errors=True)
    return len(folders)
