"""What the CyberTipline Reporting API answers, and what the outbox needs of it.

An answer that never came is told apart from a request that never left: only the second may simply be repeated.
"""

from dataclasses import dataclass
from typing import Protocol

from fairboard.safety.cybertip.elements import BadDocument, parse

OK = 0
NO_SUCH_REPORT = 5001
RETRACTED = 5101
FINISHED = 5102
LARGEST_ANSWER = 1_000_000


class NotSent(Exception):
    """The service was not reached: nothing was sent."""


class AnswerLost(Exception):
    """The request left, but no answer that can be read came back: what the service did is not known."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service said. ``code`` 0 is success; ``md5`` (hex) is of an upload as it arrived."""

    code: int
    detail: str = ""
    report_id: str = ""
    file_id: str = ""
    md5: str = ""
    file_ids: tuple[str, ...] = ()


class Service(Protocol):
    """What the outbox needs of the service."""

    def submit(self, document: bytes) -> Answer:
        """Open a report."""
        ...

    def upload(self, report_id: str, name: str, content: bytes) -> Answer:
        """Send a file into an open report."""
        ...

    def fileinfo(self, document: bytes) -> Answer:
        """Say more about a file."""
        ...

    def finish(self, report_id: str) -> Answer:
        """Close a report; final."""
        ...

    def retract(self, report_id: str) -> Answer:
        """Take back a report that is not finished."""
        ...


def read_answer(content: bytes) -> Answer:
    """An answer's XML; raises BadDocument for what is none."""
    if len(content) > LARGEST_ANSWER:
        raise BadDocument("The answer is too long.")
    top = parse(content)
    if top.tag not in {"reportResponse", "reportDoneResponse"}:
        raise BadDocument(f"The answer is a {top.tag}.")

    def text(name: str) -> str:
        return (top.findtext(name) or "").strip()

    try:
        code = int(text("responseCode"))
    except ValueError as error:
        raise BadDocument("The answer has no code.") from error
    return Answer(
        code, text("responseDescription")[:300], text("reportId"), text("fileId"), text("hash").lower(),
        tuple((one.text or "").strip() for one in top.iterfind("files/fileId")),
    )  # fmt: skip


def is_temporary(code: int) -> bool:
    """Whether the service itself was in trouble (1000 to 1999, or a code of no known family): it is tried again.

    2000 to 3999 is authentication and permission, 4000 to 4999 a request it will never accept.
    """
    return 0 < code < 2000 or code >= 6000
