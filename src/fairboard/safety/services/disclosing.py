"""Packages for authorities: made once from an order's scope, hashed, kept, each look and handing over on record."""

import hashlib
import io
import json
import zipfile
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from fairboard.kit.actors import Actor
from fairboard.kit.ids import new_id
from fairboard.kit.problems import Conflict, Forbidden, Invalid, NotFound
from fairboard.ledger.hashing import merkle_root
from fairboard.ledger.services import Subject, record
from fairboard.safety import events, sealing
from fairboard.safety.models import Custody, Disclosure, Order
from fairboard.safety.queries.disclosures import files_of
from fairboard.safety.queries.orders import concerns_child

PURPOSE = "disclosure"
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


class Damaged(Conflict):
    """The kept package is not what was made: the hash on the ledger differs."""

    code = "package-damaged"


def make(*, order: Order, actor: Actor, at: datetime) -> str:
    """Make the package of an order and keep it sealed; returns its public id.

    ``manifest.json`` lists every file with its SHA-256 and the root of their tree (RFC 6962 hashing over the leaves in
    the order of their paths). The file is written before the row: a file without a row is harmless. Raises Forbidden.
    """
    _guard(order, actor)
    files = files_of(order)
    digests = {path: hashlib.sha256(content).hexdigest() for path, content in sorted(files.items())}
    root = merkle_root(list(digests.values()))
    manifest = {
        "order": order.public_id, "made_at": at.isoformat(), "files": digests, "root": root,
        "hash": "SHA-256; the root is an RFC 6962 tree over the files' hashes in the order of their paths",
    }  # fmt: skip
    packed = _packed({**files, "manifest.json": json.dumps(manifest, indent=1).encode()})
    with transaction.atomic():
        disclosure_id = new_id()
        path = f"disclosures/{disclosure_id}.sealed"
        kept = default_storage.save(path, ContentFile(sealing.seal(packed, purpose=PURPOSE)))
        disclosure = Disclosure.objects.create(
            public_id=disclosure_id, order=order, path=kept, sha256=hashlib.sha256(packed).hexdigest(), root=root,
            size=len(packed), files=len(files), at=at,
        )  # fmt: skip
        _link(disclosure, "made", actor, at)
        record(
            kind=events.DISCLOSURE_MADE, subject=Subject("order", order.public_id), actor=actor, at=at,
            data={"disclosure": disclosure_id, "sha256": disclosure.sha256, "root": root, "files": len(files)},
        )  # fmt: skip
    return disclosure_id


def open_package(*, disclosure_id: str, purpose: str, actor: Actor, at: datetime) -> bytes:
    """The package's bytes, checked against the hash it was made with; the look is recorded first.

    Raises Forbidden, NotFound, Invalid (no purpose), Damaged.
    """
    disclosure = _found(disclosure_id, actor)
    if len(purpose.strip()) < 5:
        raise Invalid(_("Say what you need it for."), field="purpose")
    with transaction.atomic():
        _link(disclosure, "looked", actor, at, purpose=purpose)
        record(
            kind=events.DISCLOSURE_OPENED, subject=Subject("order", disclosure.order.public_id), actor=actor, at=at,
            data={"disclosure": disclosure_id},
        )  # fmt: skip
    try:
        with default_storage.open(disclosure.path) as stream:
            packed = sealing.unseal(stream.read(), purpose=PURPOSE)
    except (FileNotFoundError, sealing.Unreadable) as error:
        raise Damaged(_("The package is damaged: it cannot be read.")) from error
    if hashlib.sha256(packed).hexdigest() != disclosure.sha256:
        raise Damaged(_("The package is damaged: its hash is not the one on the ledger."))
    return packed


def hand_over(*, disclosure_id: str, to: str, how: str, actor: Actor, at: datetime) -> None:
    """Note to whom of the authority a package was given, and how; raises Forbidden, NotFound, Invalid."""
    disclosure = _found(disclosure_id, actor)
    if not to.strip():
        raise Invalid(_("Say who received it."), field="to")
    with transaction.atomic():
        _link(disclosure, "handed", actor, at, to=to, purpose=how)
        record(
            kind=events.DISCLOSURE_HANDED, subject=Subject("order", disclosure.order.public_id), actor=actor, at=at,
            data={"disclosure": disclosure_id, "sha256": disclosure.sha256},
        )  # fmt: skip


def _found(disclosure_id: str, actor: Actor) -> Disclosure:
    disclosure = Disclosure.objects.select_related("order").filter(public_id=disclosure_id).first()
    if disclosure is None:
        raise NotFound(_("There is no such package."))
    _guard(disclosure.order, actor)
    return disclosure


def _guard(order: Order, actor: Actor) -> None:
    if not actor.can("orders.manage"):
        raise Forbidden(_("Only those who handle orders of authorities do this."))
    subjects = [(one.kind, one.subject_id) for one in order.subjects.all()]
    if not actor.can("desk.child") and concerns_child(subjects):
        raise Forbidden(_("Somebody with further permissions has to do this."))


def _link(
    disclosure: Disclosure, act: str, actor: Actor, at: datetime, *, to: str = "", purpose: str = ""
) -> None:  # fmt: skip
    Custody.objects.create(
        disclosure=disclosure, act=act, by=actor.id, by_name=actor.name[:80], to=to.strip()[:200],
        purpose=purpose.strip()[:300], at=at,
    )  # fmt: skip


def _packed(files: dict[str, bytes]) -> bytes:
    """A zip of fixed times, so that the same files always give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(path, _ZIP_TIME), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
