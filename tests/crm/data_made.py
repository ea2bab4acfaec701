"""One import, export, pair and merge of somebody, for the walks of all addresses."""

import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from fairboard.crm.catalogue import catalogue
from fairboard.crm.models import DuplicatePair, Record
from fairboard.crm.services import exports, imports
from fairboard.crm.services.merging import merge
from fairboard.kit.actors import Actor
from tests.crm import made


def crm_ids(actor: Actor, at: datetime) -> dict[str, Any]:
    """Ids by the names addresses use; ``merging`` are two records that could be merged."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "contacts.csv"
        path.write_text("Last name,E-mail\nRoe,roe@example.org\n")
        job = imports.take_in(given=[(path.name, path)], actor=actor, at=at, type_key="contact")
    ids = [made(actor, at, "account", name=name).id for name in ("North", "South", "East", "West")]
    done = merge(record_ids=ids[:2], survivor_id=ids[0], actor=actor, at=at)
    pks = dict(Record.objects.filter(public_id__in=ids).values_list("public_id", "pk"))
    pair = DuplicatePair.objects.create(
        type_id=catalogue().type("account").id, first_id=pks[ids[2]], second_id=pks[ids[3]], score=90, found_at=at
    )
    return {
        "import_id": job.public_id, "file_id": job.files.get().public_id, "merge_id": done.merge_id,
        "export_id": exports.ask(type_key="account", format="csv", actor=actor, at=at).public_id,
        "pair_id": pair.public_id, "record_id": ids[2], "merging": ids[2:],
    }  # fmt: skip


def crm_data(actor: Actor, at: datetime) -> dict[str, dict[str, Any]]:
    """The same by the names of pages."""
    ids = crm_ids(actor, at)
    return {
        "crm:import": {"import_id": ids["import_id"]}, "crm:export_file": {"export_id": ids["export_id"]},
        "crm:import_refused": {"import_id": ids["import_id"], "file_id": ids["file_id"]},
        "crm:merge_undo": {"merge_id": ids["merge_id"]},
    }  # fmt: skip
