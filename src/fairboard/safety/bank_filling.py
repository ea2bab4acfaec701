"""What the entries of a list do to a bank, a batch at a time in the running transaction."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from fairboard.kit import bulk
from fairboard.safety import bank_index
from fairboard.safety.models import Bank, BankEntry, BankReference
from fairboard.screening.banks.entries import Entry, Kind

LONGEST_NOTE = 2_000
LONGEST_REFERENCE = 120
NO_REFERENCE = {"", "0"}
"""What python-threatexchange writes where there is none."""
CHUNK = 500


def apply(bank: Bank, entries: Sequence[Entry], told: dict[str, set[str]], at: datetime) -> Counter[str]:
    """Add, restore and remove in the order of the list; counts of added, known, restored and removed.

    ``told`` are the hashes the list named for each reference so far: an entry that comes again replaces all hashes of
    its reference.
    """
    done = Counter[str]()
    run: list[Entry] = []
    for one in entries:
        if run and one.removed != run[-1].removed:
            done.update(_run(bank, run, told, at))
            run = []
        run.append(one)
    if run:
        done.update(_run(bank, run, told, at))
    return done


def _run(bank: Bank, run: Sequence[Entry], told: dict[str, set[str]], at: datetime) -> Counter[str]:
    if not run[0].removed:
        done = _add(bank, run, at)
        done["removed"] += _replace(bank, run, told, at)
        return done
    references = {one.reference for one in run if not one.value} - NO_REFERENCE
    for reference in references:
        told.pop(reference, None)
    gone = _take_out(bank, [one.value for one in run if one.value], at)
    return Counter(removed=gone + _drop(bank, references, {}, at))


def _add(bank: Bank, entries: Sequence[Entry], at: datetime) -> Counter[str]:
    named = {one.value: one for one in entries}
    kept = {
        value: (pk, removed)
        for part in _parts(named)
        for value, pk, removed in BankEntry.objects.filter(bank=bank, value__in=part).values_list(
            "value", "pk", "removed_at"
        )
    }
    back = [(pk, value) for value, (pk, removed) in kept.items() if removed is not None]
    for part in _parts([pk for pk, _value in back]):
        BankEntry.objects.filter(pk__in=part).update(removed_at=None, added_at=at)
    new = [
        BankEntry(bank=bank, value=value, metadata=_metadata(one), added_at=at)
        for value, one in named.items()
        if value not in kept
    ]
    if bank.kind == Kind.PDQ:
        bank_index.prepare()
    bulk.insert(new)
    numbers = {value: pk for value, (pk, _removed) in kept.items()} | {one.value: one.pk for one in new}
    _refer(entries, numbers)
    if bank.kind == Kind.PDQ:
        bank_index.add([*((one.pk, one.value) for one in new), *back])
    return Counter(added=len(new), restored=len(back), known=len(entries) - len(new) - len(back))


def _refer(entries: Sequence[Entry], numbers: dict[str, int]) -> None:
    rows = {
        (one.reference[:LONGEST_REFERENCE], numbers[one.value])
        for one in entries
        if one.reference not in NO_REFERENCE and one.reference != one.value
    }
    if rows:
        BankReference.objects.bulk_create(
            [BankReference(value=reference, entry_id=number) for reference, number in sorted(rows)],
            ignore_conflicts=True,
        )


def _replace(bank: Bank, entries: Sequence[Entry], told: dict[str, set[str]], at: datetime) -> int:
    """Take out what a reference held before and this list does not name for it any more."""
    here: dict[str, set[str]] = {}
    for one in entries:
        if one.reference not in NO_REFERENCE and one.reference != one.value:
            here.setdefault(one.reference[:LONGEST_REFERENCE], set()).add(one.value)
    for reference, values in here.items():
        told.setdefault(reference, set()).update(values)
    return _drop(bank, here.keys(), told, at)


def _drop(bank: Bank, references: Iterable[str], keep: dict[str, set[str]], at: datetime) -> int:
    """Forget references, but for the hashes to keep; an entry that had no other goes. Returns how many went."""
    gone: list[BankReference] = []
    for part in _parts([one[:LONGEST_REFERENCE] for one in references]):
        for row in BankReference.objects.select_related("entry").filter(entry__bank=bank, value__in=part):
            if row.entry.value not in keep.get(row.value, ()):
                gone.append(row)
    count = 0
    for rows in _parts(gone):
        BankReference.objects.filter(pk__in=[row.pk for row in rows]).delete()
        entries = [row.entry_id for row in rows]
        left = BankEntry.objects.filter(pk__in=entries, removed_at__isnull=True, references__isnull=True)
        count += BankEntry.objects.filter(pk__in=list(left.values_list("pk", flat=True))).update(removed_at=at)
    return count


def _take_out(bank: Bank, values: Sequence[str], at: datetime) -> int:
    found = 0
    for part in _parts(values):
        found += BankEntry.objects.filter(bank=bank, value__in=part, removed_at__isnull=True).update(removed_at=at)
    return found


def _metadata(one: Entry) -> dict[str, Any]:
    """What the list says of a hash, short enough to keep."""
    said: dict[str, Any] = {
        "source": one.source, "reference": one.reference, "classification": one.classification,
        "labels": " ".join(one.labels), "added": one.added.isoformat() if one.added else "",
    }  # fmt: skip
    return {name: value.replace("\0", " ")[:LONGEST_NOTE] for name, value in said.items() if value}


def _parts(values: Iterable[Any]) -> list[list[Any]]:
    rows = list(values)
    return [rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK)]
