"""Territories: parts of the market by a filter over accounts, the first that fits having the account."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from fairboard.crm import events, hooks
from fairboard.crm.catalogue import catalogue
from fairboard.crm.hooks import Batch
from fairboard.crm.models import Link, Recompute, Record, Territory
from fairboard.crm.queries.access import SYSTEM_SEAT
from fairboard.crm.queries.records import schema_for, selected
from fairboard.crm.services import recompute
from fairboard.crm.services.definitions import check_manager
from fairboard.filters import FilterError, Node, parse, validate
from fairboard.kit.actors import Actor
from fairboard.kit.problems import Conflict, Invalid, NotFound
from fairboard.ledger.services import Subject, record

OVER = "account"


def save_territory(
    *, territory_id: str, name: str, tree: Mapping[str, Any], actor: Actor, at: datetime
) -> str:  # fmt: skip
    """Add a territory (an empty id) or change one, and have the accounts divided anew; returns its id.

    Raises Forbidden, NotFound, Conflict, Invalid for a filter that cannot be used.
    """
    check_manager(actor)
    name = name.strip()[:60]
    if not name:
        raise Invalid(_("Give the territory a name."), field="name")
    try:
        tree_of(tree)
    except FilterError as error:
        raise Invalid(error.message, field="tree") from error
    with transaction.atomic():
        row = Territory.objects.filter(public_id=territory_id).first() if territory_id else Territory()
        if row is None:
            raise NotFound(_("There is no such territory."))
        if Territory.objects.filter(name=name).exclude(pk=row.pk).exists():
            raise Conflict(_("There is a territory of this name already."), field="name")
        if not territory_id:
            row.position = Territory.objects.count()
        row.name, row.tree = name, dict(tree)
        row.save()
        _said(actor, at, "territory changed" if territory_id else "territory added", row.public_id)
        _divide(actor, at)
    return row.public_id


def move_territory(*, territory_id: str, up: bool, actor: Actor, at: datetime) -> None:
    """Move a territory one place up or down, and divide anew. Raises Forbidden, NotFound."""
    check_manager(actor)
    with transaction.atomic():
        rows = list(Territory.objects.order_by("position", "pk"))
        place = next((at_place for at_place, one in enumerate(rows) if one.public_id == territory_id), None)
        if place is None:
            raise NotFound(_("There is no such territory."))
        other = place - 1 if up else place + 1
        if 0 <= other < len(rows):
            rows[place], rows[other] = rows[other], rows[place]
        for at_place, one in enumerate(rows):
            Territory.objects.filter(pk=one.pk).update(position=at_place)
        _said(actor, at, "territory moved", territory_id)
        _divide(actor, at)


def remove_territory(*, territory_id: str, actor: Actor, at: datetime) -> None:
    """Remove a territory and divide anew. Raises Forbidden, NotFound."""
    check_manager(actor)
    with transaction.atomic():
        gone, _each = Territory.objects.filter(public_id=territory_id).delete()
        if not gone:
            raise NotFound(_("There is no such territory."))
        _said(actor, at, "territory removed", territory_id)
        _divide(actor, at)


def tree_of(given: Mapping[str, Any]) -> Node | None:
    """A territory's filter over accounts, checked; raises FilterError."""
    if not given:
        return None
    return validate(parse(dict(given)), schema_for(SYSTEM_SEAT, catalogue().type(OVER)))


def _divide(actor: Actor, at: datetime) -> None:
    recompute.ask(kind="territories", info=catalogue().type(OVER), label=_("Territories"), actor=actor, at=at)


@recompute.work("territories")
def _assign(row: Recompute, records: Sequence[Record], at: datetime) -> int:
    return assign([one.pk for one in records])


def assign(pks: Sequence[int]) -> int:
    """Give each account the first territory that fits, and its contacts and deals the same; returns how many moved."""
    info, left, changed = catalogue().type(OVER), set(pks), 0
    for one in Territory.objects.order_by("position", "pk"):
        try:
            tree = tree_of(one.tree)
        except FilterError:  # made when a field was there that is gone
            continue
        if not left or tree is None:
            continue
        mine = set(selected(SYSTEM_SEAT, info, tree).filter(pk__in=left).values_list("pk", flat=True))
        changed += _set(mine, one.pk)
        left -= mine
    return changed + _set(left, None)


def _set(accounts: set[int], territory: int | None) -> int:
    moved = Record.objects.filter(pk__in=accounts).exclude(territory=territory)
    moved_pks = list(moved.values_list("pk", flat=True))
    if not moved_pks:
        return 0
    Record.objects.filter(pk__in=moved_pks).update(territory=territory)
    below = Link.objects.filter(target_id__in=moved_pks, field_id__in=_ways()).values("source_id")
    Record.objects.filter(pk__in=below).update(territory=territory)
    return len(moved_pks)


def _ways() -> list[int]:
    """The fields by which records belong to an account."""
    return [one.id for info, one in catalogue().pointing_to(OVER) if one.key == OVER and not one.is_many]


@hooks.on_written
def keep_territories(batch: Batch) -> None:
    """Accounts that were written are divided anew; what belongs to an account takes its territory."""
    if not Territory.objects.exists():
        return
    pks = [row.record.pk for row in batch.rows if "deleted" not in row.changed]
    if batch.type.key == OVER:
        for start in range(0, len(pks), 500):
            assign(pks[start : start + 500])
        return
    if OVER not in batch.type.fields:
        return
    for row in batch.rows:
        if OVER in row.changed and row.after.get(OVER):
            found = Record.objects.filter(public_id=row.after[OVER]).values_list("territory_id", flat=True).first()
            Record.objects.filter(pk=row.record.pk).update(territory=found)


def _said(actor: Actor, at: datetime, what: str, territory: str) -> None:
    record(
        kind=events.ACCESS, subject=Subject("crm", "territories"), actor=actor, at=at,
        data={"what": what, "territory": territory},
    )  # fmt: skip
