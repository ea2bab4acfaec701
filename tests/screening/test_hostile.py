"""Texts written to keep a screen busy: long rows that read in many ways are judged in bounded time."""

import json
import subprocess
import sys

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
