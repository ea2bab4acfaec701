"""Bulk jobs: uploaded in parts, worked off in chunks, every row accounted for, resumed after a kill."""

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest

from fairboard.crm.models import Job, Record
from fairboard.crm.services import job_runs, jobs
from fairboard.kit import clock
from fairboard.kit.actors import Actor
from tests.api.client import Caller
from tests.people import token_of

pytestmark = pytest.mark.django_db


def upload(caller: Caller, job_id: str, number: int, text: str) -> Any:
    """Send a part as it is."""
    path = f"/api/v1/crm/jobs/{job_id}/parts/{number}"
    return caller.client.put(path, text.encode(), content_type="text/csv", headers=caller.headers)


def done(caller: Caller, *parts: str, **body: Any) -> tuple[dict[str, Any], list[dict[str, str]], list[dict[str, str]]]:
    """A job that was worked off: the job, the rows written, the rows not written."""
    job_id = caller.post("/crm/jobs", body).json()["id"]
    for number, text in enumerate(parts, 1):
        assert upload(caller, job_id, number, text).status_code == 200
    assert caller.post(f"/crm/jobs/{job_id}/close").status_code == 200
    while job_runs.run_due(now=clock.now):
        pass
    found = []
    for kind in ("success", "failure"):
        answer = caller.client.get(f"/api/v1/crm/jobs/{job_id}/results/{kind}", headers=caller.headers)
        found.append(list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode()))))
    return caller.get(f"/crm/jobs/{job_id}").json(), found[0], found[1]


def test_a_csv_in_parts_is_inserted_and_bad_rows_say_why(sales: Actor) -> None:
    one = '\ufeffname,amount,close_date\nFirst,5,2026-12-31\n"Quoted, with'
    two = ' comma",7,\nNo amount,much,\n,3,\nToo,many,cells,here\n'
    job, good, bad = done(Caller(sales), one, two, type="deal", operation="insert")
    assert (job["state"], job["rows"], job["written"], job["failed"]) == ("done", 5, 2, 3)
    assert [row["row"] for row in good] == ["1", "2"]
    assert Record.objects.get(public_id=good[1]["id"]).name == "Quoted, with comma"
    assert [row["row"] for row in bad] == ["3", "4", "5"]
    assert bad[0]["error"].startswith("amount: ")
    assert json.loads(bad[0]["data"])["name"] == "No amount"


def test_upserts_find_their_records_and_duplicates_inside_the_file(sales: Actor) -> None:
    caller = Caller(sales)
    done(caller, "external_id,name,city\nA,One,Bonn\nB,Two,Kiel\n", type="account", operation="insert")
    lines = [
        {"external_id": "a", "city": "Ulm"}, {"external_id": "C", "name": "Three"},
        {"external_id": "A", "city": "Trier"}, {"name": "No key"}, {"external_id": "B", "city": None},
    ]  # fmt: skip
    text = "\n".join([*map(json.dumps, lines), "nonsense"])
    job, good, bad = done(caller, text, type="account", operation="upsert", key="external_id", format="jsonl")
    assert [row["act"] for row in good] == ["updated", "created", "updated"]  # rows 1, 2 and 5
    assert [row["row"] for row in bad] == ["3", "4", "6"]
    cities = dict(Record.objects.order_by("pk").values_list("name", "data__city"))
    assert cities == {"One": "Ulm", "Two": None, "Three": None}


def test_a_killed_worker_is_followed_by_one_that_goes_on(sales: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_runs, "CHUNK", 3)
    caller = Caller(sales)
    job_id = caller.post("/crm/jobs", {"type": "product", "operation": "insert"}).json()["id"]
    upload(caller, job_id, 1, "name,code\n" + "".join(f"P{n},{n}\n" for n in range(10)))
    caller.post(f"/crm/jobs/{job_id}/close")
    append, calls = job_runs._append, []

    def killed(*given: Any) -> int:
        calls.append(given)
        size = append(*given)
        if len(calls) == 5:  # the result of the third chunk is written, its rows are not committed
            raise SystemExit
        return size

    monkeypatch.setattr(job_runs, "_append", killed)
    with pytest.raises(SystemExit):
        job_runs.run_due(now=clock.now)
    assert Record.objects.count() == 6
    assert job_runs.run_due(now=clock.now) == 0
    later = clock.now() + timedelta(minutes=5)
    assert job_runs.run_due(now=lambda: later) == 1
    assert (Record.objects.count(), Job.objects.get().state) == (10, "done")
    text = jobs.results(job_id=job_id, kind="success", actor=sales).read_text()
    assert [line.split(",")[0] for line in text.splitlines()[1:]] == [str(n) for n in range(1, 11)]


def test_jobs_need_their_own_scope_and_end(sales: Actor, admin: Actor, seller: Actor) -> None:
    caller = Caller(sales)
    narrow = Caller()
    narrow.headers = {"Authorization": f"Bearer {token_of(sales, scopes=['crm:read', 'crm:write'])}"}
    body = {"type": "deal", "operation": "insert"}
    assert (narrow.post("/crm/jobs", body).status_code, Caller(seller).post("/crm/jobs", body).status_code) == (
        403,
        403,
    )
    job_id = caller.post("/crm/jobs", body).json()["id"]
    assert caller.post(f"/crm/jobs/{job_id}/close").status_code == 409
    assert caller.get(f"/crm/jobs/{job_id}/results/success").status_code == 409
    assert caller.post(f"/crm/jobs/{job_id}/abort").json()["state"] == "aborted"
    assert upload(caller, job_id, 1, "name\n").status_code == 409
    assert jobs.throw_away(at=clock.now() + timedelta(days=8)) == 1
    assert caller.get(f"/crm/jobs/{job_id}/results/success").status_code == 410
    assert caller.post("/crm/jobs", {**body, "operation": "upsert", "key": "name"}).status_code == 422


def test_deletes_and_doubled_headings(sales: Actor) -> None:
    caller = Caller(sales)
    _job, good, _bad = done(caller, "name\nA\nB\n", type="product", operation="insert")
    job, gone, bad = done(caller, f"id\n{good[0]['id']}\nnothing\n", type="product", operation="delete")
    assert ([row["act"] for row in gone], len(bad)) == (["deleted"], 1)
    job_id = caller.post("/crm/jobs", {"type": "product", "operation": "insert"}).json()["id"]
    upload(caller, job_id, 1, "name,name\nA,B\n")
    caller.post(f"/crm/jobs/{job_id}/close")
    job_runs.run_due(now=clock.now)
    failed = caller.get(f"/crm/jobs/{job_id}").json()
    assert (failed["state"], "name" in failed["message"]) == ("failed", True)
