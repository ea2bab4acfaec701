"""Texts written to keep a screen busy: long rows that read in many ways are judged in bounded time."""

import json
import subprocess
import sys
import time
from random import Random

import pytest

from fairboard.screening import Document, screen

ROWS = [
    "1/", "1 ", "12 ", "1+", "(\u0661", "0147 555 ", "a.", "a@", "a@b.", "x at ", "x dot ", "_-", "a_", "o0", "4@!",
    "five", "fiveone ", "f i v e ", "then ", "5:12 ", "$5 ", "no experience ", "keep your passport ", "they are ",
    "new ",
    "1.1.1.1 ", "O1 ", "5 then ", "order no ", "call ", "twenty five ", "pay before ",
    "mon dallas ", "send the ",
    "\u200b", "a\u0301", "\u0430", "two ", "double ", "dot ", "@a", "t.me/", "bc1q", "a ", " ", "\n", "18 yo ", "$1 ",
]  # fmt: skip
LONG = 20_000
SECONDS = 120
"""Many times what it takes, and next to nothing beside a reading that grows with the square of the length."""


def test_a_hostile_text_is_judged_in_bounded_time() -> None:
    lines = [json.dumps({"id": str(at), "title": "x", "body": (row * LONG)[:LONG]}) for at, row in enumerate(ROWS)]
    done = subprocess.run(
        [sys.executable, "-m", "fairboard.cli.main", "screen", "-"], input="\n".join(lines), capture_output=True,
        text=True, timeout=SECONDS, check=True,
    )  # fmt: skip
    assert len(done.stdout.splitlines()) == len(ROWS)


def page(kind: str) -> str:
    """A page of about 20,000 characters of digits, written in one manner."""
    random = Random(5)

    def digits(count: int) -> str:
        return "".join(random.choices("0123456789", k=count))

    manners = {
        "solid": lambda: digits(LONG),
        "single": lambda: " ".join(digits(LONG // 2)),
        "mixed": lambda: " ".join(digits(random.randrange(1, 6)) for _ in range(5_000)),
        "lines": lambda: "\n".join(digits(10) for _ in range(1_818)),
        "threes": lambda: "-".join(digits(3) for _ in range(5_000)),
        "called": lambda: " ".join(random.choice(["call ", ""]) + digits(random.randrange(1, 6)) for _ in range(4_000)),
    }
    return manners[kind]()[:LONG]


@pytest.mark.parametrize("kind", ["solid", "single", "mixed", "lines", "threes", "called"])
@pytest.mark.parametrize("country", ["US", "DE"])
def test_a_page_of_digits_takes_no_second(kind: str, country: str) -> None:
    document = Document("x", {"title": "Notice", "body": page(kind)}, country=country)
    screen(Document("x", {"body": "warm"}))
    began = time.process_time()
    screen(document)
    assert time.process_time() - began < 1
