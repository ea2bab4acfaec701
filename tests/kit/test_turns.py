"""Writers to one SQLite file take turns: nobody is starved, nobody who died holds the others up."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread

import pytest
from pytest_django.plugin import DjangoDbBlocker

from fairboard.kit.sqlite.base import DatabaseWrapper

SETTINGS = {
    "ENGINE": "fairboard.kit.sqlite", "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 5}, "TIME_ZONE": None,
    "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": False, "AUTOCOMMIT": True, "ATOMIC_REQUESTS": False, "TEST": {},
}  # fmt: skip
Connect = Callable[[], DatabaseWrapper]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "turns.sqlite3"


@pytest.fixture
def connect(file: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Connect]:
    def opened() -> DatabaseWrapper:
        wrapper = DatabaseWrapper({**SETTINGS, "NAME": str(file)})
        wrapper.inc_thread_sharing()
        wrapper.ensure_connection()
        return wrapper

    with django_db_blocker.unblock():  # a file of our own, not the tests' database
        first = opened()
        write(first, "CREATE TABLE line (who TEXT)")
        first.close()
        yield opened


def write(connection: DatabaseWrapper, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def transaction(connection: DatabaseWrapper, who: str) -> None:
    connection._start_transaction_under_autocommit()
    write(connection, f"INSERT INTO line VALUES ('{who}')")
    connection._commit()


def order(connection: DatabaseWrapper) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT group_concat(who, '') FROM (SELECT who FROM line ORDER BY rowid)")
        return str(cursor.fetchone()[0])


def test_a_bare_write_waits_for_the_transaction_before_it(connect: Connect) -> None:
    ours, theirs = connect(), connect()
    ours._start_transaction_under_autocommit()
    written = Event()

    def insert() -> None:
        write(theirs, "INSERT INTO line VALUES ('b')")
        written.set()

    other = Thread(target=insert)
    other.start()
    assert not written.wait(0.3)
    write(ours, "INSERT INTO line VALUES ('a')")
    ours._commit()
    assert written.wait(5)
    other.join()
    assert order(ours) == "ab"


def test_who_just_had_a_turn_does_not_take_the_next_before_who_waits(connect: Connect) -> None:
    greedy, patient = connect(), connect()
    greedy._start_transaction_under_autocommit()
    other = Thread(target=transaction, args=(patient, "p"))
    other.start()
    Event().wait(0.2)  # it is in line now
    write(greedy, "INSERT INTO line VALUES ('g')")
    greedy._commit()
    for _ in range(20):
        transaction(greedy, "g")
    other.join()
    assert order(greedy).index("p") <= 1


def test_writers_come_in_the_order_they_came(connect: Connect) -> None:
    first, others = connect(), [connect() for _ in range(4)]
    first._start_transaction_under_autocommit()
    threads = [Thread(target=transaction, args=(one, who)) for one, who in zip(others, "abcd", strict=True)]
    for thread in threads:
        thread.start()
        Event().wait(0.05)  # it is in line now
    write(first, "INSERT INTO line VALUES ('-')")
    first._commit()
    for thread in threads:
        thread.join()
    assert order(first) == "-abcd"


def killed(file: Path, *, before: str) -> None:
    """Kill a process that has just done this with its connection ``w``."""
    program = (
        "from tests.kit.test_turns import *\n"
        f"w = DatabaseWrapper({{**SETTINGS, 'NAME': {str(file)!r}}})\n"
        f"w.ensure_connection(); {before}"
    )
    doomed = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert doomed.stdout is not None
    assert doomed.stdout.readline() == "in\n"
    Event().wait(0.2)
    doomed.send_signal(signal.SIGKILL)
    doomed.wait()


def test_who_dies_in_line_holds_nobody_up(connect: Connect, file: Path) -> None:
    holder, patient = connect(), connect()
    holder._start_transaction_under_autocommit()
    killed(file, before="print('in', flush=True); w._start_transaction_under_autocommit()")
    other = Thread(target=transaction, args=(patient, "p"))
    other.start()
    write(holder, "INSERT INTO line VALUES ('h')")
    holder._commit()
    other.join()
    assert order(patient) == "hp"


def test_a_failed_transaction_gives_its_turn_back(connect: Connect) -> None:
    ours, theirs = connect(), connect()
    ours._start_transaction_under_autocommit()
    ours._rollback()
    transaction(theirs, "t")
    ours._start_transaction_under_autocommit()
    ours._close()
    transaction(theirs, "t")
    assert order(theirs) == "tt"


def test_who_dies_in_a_turn_holds_nobody_up(connect: Connect, file: Path) -> None:
    killed(file, before="w._start_transaction_under_autocommit(); print('in', flush=True); Event().wait()")
    survivor = connect()
    transaction(survivor, "s")
    assert order(survivor) == "s"
