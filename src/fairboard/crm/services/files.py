"""Files about a record: kept by the storage, named by a record of their own."""

import mimetypes
import re
from datetime import datetime
from pathlib import PurePath
from typing import IO

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from fairboard.crm import values
from fairboard.crm.catalogue import catalogue
from fairboard.crm.queries.access import editable_fields, seat_of
from fairboard.crm.queries.records import RecordRow, record
from fairboard.crm.services import writing
from fairboard.crm.services.standing import refusals_recorded
from fairboard.kit.actors import Actor
from fairboard.kit.ids import new_id
from fairboard.kit.problems import Forbidden, Invalid

LARGEST = 25 * 1024 * 1024
_DOCUMENTS = frozenset(
    {".pdf", ".txt", ".csv", ".tsv", ".md", ".rtf", ".doc", ".docx", ".odt", ".xls", ".xlsx", ".ods"}
)
_SHOWN = frozenset({".ppt", ".pptx", ".odp", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".heic", ".mp4", ".mov"})
_OTHERS = frozenset({".eml", ".msg", ".ics", ".vcf", ".zip", ".json", ".xml", ".mp3", ".m4a", ".wav"})
ALLOWED = _DOCUMENTS | _SHOWN | _OTHERS
"""What colleagues exchange; nothing a computer runs by itself."""
FOLDER = "crm"


def attach_file(
    *, about: str, name: str, size: int, content: IO[bytes], description: str, actor: Actor, at: datetime
) -> RecordRow:  # fmt: skip
    """Keep a file about a record. Raises NotFound, Forbidden, Invalid for one too large or of a kind not taken."""
    seat, info = seat_of(actor), catalogue().type("file")
    if not seat.on("file").create:
        raise Forbidden(_("You may not add files."))
    record(actor=actor, record_id=about)
    clean = re.sub(r"[\x00-\x1f\x7f/\\]", "", PurePath(name.replace("\\", "/")).name).strip()[:180]
    suffix = PurePath(clean).suffix.lower()
    if not clean or suffix not in ALLOWED:
        raise Invalid(_("Files of this kind are not taken. Put it into a zip file."), field="file")
    if size > LARGEST:
        raise Invalid(_("A file can be %(n)d MB large.") % {"n": LARGEST // 1024 // 1024}, field="file")
    if size <= 0:
        raise Invalid(_("This file is empty."), field="file")
    given = {"name": clean, "about": about, "description": description}
    parsed = values.parse(info, given, editable=editable_fields(seat, info))
    parsed.check()
    kept = default_storage.save(f"{FOLDER}/{at:%Y/%m}/{new_id()}{suffix}", File(content))
    figures = {"size": size, "content_type": mimetypes.guess_type(clean)[0] or "application/octet-stream",
               "storage": kept}  # fmt: skip
    try:
        with refusals_recorded(actor=actor, at=at, source="page"), transaction.atomic():
            draft = writing.Draft({**parsed.values, **figures})
            (done,) = writing.write(
                info, [writing.plan(info, draft, actor=actor, at=at)], seat=seat, actor=actor, at=at, source="page"
            )
    except BaseException:
        default_storage.delete(kept)
        raise
    return record(actor=actor, record_id=done.record.public_id)
