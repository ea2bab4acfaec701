"""What is killed, and what must be there afterwards: each drill gives an act and a recovery that names faults."""

import itertools
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.storage import storages

from fairboard.cli import main
from fairboard.kit import tasks
from fairboard.kit.actors import Actor
from fairboard.ledger.models import Event
from fairboard.safety import bank_index, photo_index, vault
from fairboard.safety.cybertip.client import Client
from fairboard.safety.cybertip.fake import FakeTipline
from fairboard.safety.models import Bank, Case, Evidence, Report
from fairboard.safety.queries.evidence import verify
from fairboard.safety.services import banks, evidence, reporting
from fairboard.safety.services.deciding import decide
from fairboard.safety.services.delivering import deliver
from fairboard.safety.tasks_evidence import SYSTEM, dispose_evidence, keep_owed
from tests.people import make_member
from tests.safety.childcase import PASSWORD, USER, child_case, tipline

Act = Callable[[], object]
Recover = Callable[[], list[str]]
_numbers = itertools.count(1)


@contextmanager
def service(folder: Path) -> Iterator[FakeTipline]:
    """The service, alive whatever is killed."""
    with tipline(folder / "tipline") as server:
        yield server


def people() -> tuple[Actor, Actor]:
    """A seller of their own, and somebody who may report."""
    seller = make_member(f"sam{next(_numbers)}")
    return seller, make_member("lea", role="safety", grants=["safety_lead", "child_safety"])


def keep(server: FakeTipline | None, now: datetime) -> tuple[Act, Recover]:
    """Evidence is written."""
    seller, lead = people()
    case = child_case(seller, now, photos=1)

    def recover() -> list[str]:
        keep_owed(now)
        count = Evidence.objects.filter(case=case).count()
        return [] if count == 1 else [f"{count} pieces"]

    return lambda: evidence.keep(case_id=case.public_id, actor=lead, at=now), recover


def decision(server: FakeTipline, now: datetime) -> tuple[Act, Recover]:
    """A child-safety case is decided; its evidence follows."""
    seller, lead = people()
    case = child_case(seller, now, photos=1, known=False)
    given = {"outcome": "reject", "policy": "child-safety", "reason_text": "Against our rules on children."}

    def act() -> None:
        decide(case_id=case.public_id, **given, actor=lead, at=now)
        tasks.call("ledger.deliver")

    def recover() -> list[str]:
        if Case.objects.get(pk=case.pk).state == "open":
            act()
        keep_owed(now)
        decided = Event.objects.filter(kind="safety.decision.made", subject_id=case.subject_id).count()
        kept = Evidence.objects.filter(case=case).count()
        return [] if (decided, kept) == (1, 1) else [f"{decided} decisions, {kept} pieces of evidence"]

    return act, recover


def approval(server: FakeTipline, now: datetime) -> tuple[Act, Recover]:
    """A report is begun, reviewed and approved."""
    seller, lead = people()
    case = child_case(seller, now, photos=1)

    def act() -> None:
        made = reporting.create(case_id=case.public_id, actor=lead, at=now)
        if Report.objects.get(public_id=made).state == "draft":
            seen = reporting.preview(report_id=made, actor=lead, at=now)
            reporting.approve(report_id=made, mark=seen.mark, actor=lead, at=now)

    def recover() -> list[str]:
        act()
        states = list(Report.objects.filter(case=case).values_list("state", flat=True))
        kinds = Counter(Evidence.objects.filter(case=case).values_list("kind", flat=True))
        sound = states == ["sending"] and kinds == {"submission": 1, "report": 1}
        return [] if sound else [f"{states}, {dict(kinds)}"]

    return act, recover


def delivery(server: FakeTipline, now: datetime) -> tuple[Act, Recover]:
    """An approved report is delivered."""
    seller, lead = people()
    case = child_case(seller, now, photos=2)
    made = reporting.create(case_id=case.public_id, actor=lead, at=now)
    seen = reporting.preview(report_id=made, actor=lead, at=now)
    reporting.approve(report_id=made, mark=seen.mark, actor=lead, at=now)
    client = Client(server.url, USER, PASSWORD)

    def recover() -> list[str]:
        for tries in range(1, 6):
            at = now + timedelta(minutes=12 * tries)
            deliver(report_id=made, client=client, now=lambda at=at: at)  # type: ignore[misc]
        report = Report.objects.get(public_id=made)
        mine = [one for one in server.reports() if one["id"] == report.service_id]
        if report.state != "finished" or len(mine) != 1:
            return [f"the report is {report.state}: {report.last_error}"]
        sent = sorted(file["sha256"] for file in mine[0]["files"])
        kept = sorted(one["sha256"] for one in report.evidence.parts if one["name"].startswith("photos/"))
        return [] if sent == kept else [f"{len(sent)} files sent of {len(kept)}"]

    return lambda: deliver(report_id=made, client=client, now=lambda: now), recover


def disposal(server: FakeTipline, now: datetime) -> tuple[Act, Recover]:
    """Evidence is deleted at the end of its term."""
    seller, lead = people()
    case = child_case(seller, now, photos=1)
    made = evidence.keep(case_id=case.public_id, actor=lead, at=now)
    at = now + timedelta(days=401)

    def recover() -> list[str]:
        faults = list(verify().faults)
        evidence.dispose_due(actor=SYSTEM, at=at)
        piece = Evidence.objects.get(public_id=made)
        certificates = Event.objects.filter(kind="safety.evidence.disposed", subject_id=made).count()
        sound = piece.disposed_at and certificates == 1 and piece.file_name not in set(vault.names())
        return faults if sound else [*faults, f"{certificates} certificates, disposed {piece.disposed_at}"]

    return lambda: evidence.dispose_due(actor=SYSTEM, at=at), recover


def reindex(server: FakeTipline, now: datetime) -> tuple[Act, Recover]:
    """The indexes of photos are built again by the command, while a bank grows."""
    values = [f"{number:064x}" for number in range(1, 300)]
    lead = make_member("lea", role="safety", grants=["safety_lead"])
    banks.bring_in(bank_id=_bank(lead, now), lines=values, actor=lead, at=now)
    assert _command() == 0
    fresh = f"{next(_numbers):04x}" * 16

    def lost(where: str, *wanted: str) -> list[str]:
        photo_index.close()
        found = bank_index.nearest(wanted)
        return [f"{where}: {one} is not found" for one, near in zip(wanted, found, strict=True) if not near]

    def recover() -> list[str]:
        sample = [values[0], values[150], values[-1]]
        faults = lost("after the kill", *sample)  # the old index answers
        banks.bring_in(bank_id=_bank(lead, now), lines=[fresh], actor=lead, at=now)
        faults += lost("before the second run", fresh, *sample)
        if _command():
            return [*faults, "the second run failed"]
        health = photo_index.check(bank_index.SOURCE, thorough=True)
        faults += [health.trouble] if health.trouble or health.pending else []
        parts = [path.name for path in Path(settings.INDEX_DIR, "banks").glob("*") if "part" in path.name]
        return [*faults, *lost("at last", fresh, *sample), *(f"{name} is left over" for name in parts)]

    return _command, recover


def _bank(lead: Actor, now: datetime) -> str:
    known = Bank.objects.first()
    return known.public_id if known else banks.create(
        name="A list", kind="pdq", policy="scam", action="hold", actor=lead, at=now
    )  # fmt: skip


def _command() -> int:
    """`fairboard banks reindex` as typed; its exit code."""
    sys.argv = ["fairboard", "banks", "reindex", "--json"]
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):
        try:
            main.main()
        except SystemExit as ended:
            return int(ended.code or 0)
    return 0


def pieces() -> int:
    """How many pieces of evidence there are."""
    return Evidence.objects.count()


def overall(server: FakeTipline) -> list[str]:
    """What must hold whatever was killed: the chain, no file twice in a report, no report finished twice."""
    faults = list(verify().faults)
    delivered = Report.objects.filter(state="finished").count()
    finished = [one for one in server.reports() if one["finishes"]]
    if len(finished) != delivered or any(one["finishes"] > 1 for one in finished):
        faults.append(f"{delivered} reports delivered, {[one['finishes'] for one in finished]} finishes")
    for one in server.reports():
        files = [file["sha256"] for file in one["files"]]
        if len(files) != len(set(files)) or any(len(file["info"]) > 1 for file in one["files"]):
            faults.append(f"report {one['id']} has a file twice")
    for name in vault.names():  # make every file old, then sweep: only those with a row may stay
        path = Path(storages["evidence"].path(name))
        os.utime(path, (path.stat().st_atime, path.stat().st_mtime - 200_000))
    dispose_evidence()
    if set(vault.names()) != set(Evidence.objects.filter(disposed_at=None).values_list("file_name", flat=True)):
        faults.append("the vault has files no row knows, or lacks some")
    return faults
