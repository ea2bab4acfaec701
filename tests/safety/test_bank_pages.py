"""The pages, endpoints and commands of hash banks."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from fairboard.kit.actors import Actor
from fairboard.safety.models import Bank, BankEntry
from tests.api.client import Caller
from tests.cli.conftest import Run, fairboard  # noqa: F401, a fixture
from tests.safety.test_banks import SHA, bank

NEW = {"name": "A list", "kind": "sha256", "policy": "counterfeit", "action": "reject", "most_per_hour": "50"}


def test_a_bank_is_made_filled_set_aside_and_released(lead: Actor, signed_in: Callable[[Actor], Client]) -> None:
    boss = signed_in(lead)
    answer = boss.post("/desk/banks", {**NEW, "name": "", "action": "explode", "most_per_hour": "x"})
    assert answer.status_code == 422
    assert "Give a name" in answer.content.decode()
    assert boss.post("/desk/banks", NEW).status_code == 302
    assert boss.post("/desk/banks", NEW).status_code == 422
    page = f"/desk/banks/{Bank.objects.get().public_id}"
    answer = boss.post(page, {"act": "add", "lines": f"{SHA},a note\nnonsense"})
    assert "Line 2:" in answer.content.decode()
    file = SimpleUploadedFile("list.txt", ("cd" * 32 + "\n\xff").encode("latin-1"))
    boss.post(page, {"act": "add", "file": file})
    assert BankEntry.objects.count() == 2
    shown = boss.get(f"{page}?hash=ABAB").content.decode()
    assert "classification: a note" in shown
    assert "cdcd" not in shown
    assert boss.post(page, {"act": "quarantine", "why": ""}).status_code == 422
    boss.post(page, {"act": "quarantine", "why": "A flood."})
    assert "A flood." in boss.get(page).content.decode()
    boss.post(page, {"act": "release"})
    boss.post(page, {"act": "disable"})
    boss.post(page, {"act": "remove", "value": SHA})
    row = Bank.objects.get()
    assert (row.quarantined_at, row.enabled, BankEntry.objects.filter(removed_at=None).count()) == (None, False, 1)
    assert boss.post(page, {"act": "odd"}).status_code == 422


def test_banks_over_the_api(lead: Actor) -> None:
    boss = Caller(lead)
    made = boss.post("/banks", {**NEW, "most_per_hour": 50}).json()["id"]
    answer = boss.post(f"/banks/{made}/entries", {"lines": [SHA, "bad"]}).json()
    assert (answer["added"], answer["bad"][0]["number"]) == (1, 2)
    assert boss.get(f"/banks/{made}").json()["entries"] == 1
    assert [one["value"] for one in boss.get(f"/banks/{made}/entries").json()["items"]] == [SHA]
    assert boss.post("/banks", {**NEW, "most_per_hour": 10**15}).status_code == 422


def test_lists_go_in_and_out_by_command(lead: Actor, now: datetime, fairboard: Run, tmp_path: Path) -> None:  # noqa: F811
    made = bank(lead, now, f"{SHA},a note", name="First")
    out = tmp_path / "list.jsonl"
    assert fairboard("banks", "export", "First", "--out", str(out)).code == 0
    out.write_text(out.read_text() + "bad\n")
    done = fairboard("banks", "import", "Second", str(out), "--create", "sha256:scam:hold")
    assert (done.code, "list.jsonl:2:" in done.err, "1 added" in done.out) == (3, True, True)
    assert BankEntry.objects.get(bank__name="Second").metadata["classification"] == "a note"
    assert fairboard("banks", "import", "Third", str(out)).code == 1
    assert fairboard("banks", "import", made, str(tmp_path / "none")).code == 1
