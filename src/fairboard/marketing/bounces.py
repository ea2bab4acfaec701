"""Reading what comes back: delivery status notifications (RFC 3464) and complaints in ARF (RFC 5965). Pure.

A report counts only for a mail of ours: its return path or the Message-ID it quotes carries a token nobody else can
make. A report that merely names an address counts for nothing, or anybody could silence anybody.
"""

import re
from dataclasses import dataclass
from email import policy
from email.message import Message
from email.parser import BytesParser

_HARD = re.compile(r"5\.(?:0\.0|1\.\d{1,3}|2\.1)")
"""Status codes that say the address is no good (RFC 3463): bad address, disabled mailbox, or no more than failed."""
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_ID = re.compile(r"<?m\.([a-z2-7]{20,40})@", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Report:
    """What came back. ``kind``: hard, soft, complaint or "" for nothing to count; ``token`` names the mail."""

    kind: str
    token: str
    status: str = ""
    detail: str = ""
    reference: str = ""


def kind_of(action: str, status: str) -> str:
    """hard, soft or "" of a recipient's action and status in a delivery status notification."""
    if action == "failed":
        return "hard" if _HARD.fullmatch(status) else "soft"
    return "soft" if action == "delayed" else ""


def read(raw: bytes) -> Report | None:
    """The report a mail is; None of any other mail."""
    mail = BytesParser(policy=policy.compat32).parsebytes(raw)
    report = str(mail.get_param("report-type", "")).lower()
    if mail.get_content_type() != "multipart/report" or not mail.is_multipart():
        return None
    parts = [one for one in mail.get_payload() if isinstance(one, Message)]
    reference = str(mail.get("Message-ID", ""))[:80]
    token = _quoted_token(parts)
    if report == "feedback-report":
        return _complaint(parts, token, reference)
    if report == "delivery-status":
        return _status(parts, token, reference)
    return None


def _blocks(part: Message) -> list[Message]:
    inner = part.get_payload()
    return [one for one in inner if isinstance(one, Message)] if isinstance(inner, list) else []


def _status(parts: list[Message], token: str, reference: str) -> Report:
    for part in parts:
        if part.get_content_type() not in {"message/delivery-status", "message/global-delivery-status"}:
            continue
        for block in _blocks(part):
            action = str(block.get("Action", "")).strip().lower()
            if not action:
                continue
            diagnostic = " ".join(str(block.get("Diagnostic-Code", "")).split())
            found = _STATUS.search(str(block.get("Status", ""))) or _STATUS.search(diagnostic)
            status = found.group(1) if found else ""
            return Report(kind_of(action, status), token, status, diagnostic[:300], reference)
    return Report("", token, reference=reference)


def _complaint(parts: list[Message], token: str, reference: str) -> Report:
    for part in parts:
        if part.get_content_type() != "message/feedback-report":
            continue
        blocks = _blocks(part)
        said = str(blocks[0].get("Feedback-Type", "abuse")).strip().lower() if blocks else "abuse"
        kind = "" if said == "not-spam" else "complaint"
        return Report(kind, token, detail=said[:40], reference=reference)
    return Report("", token, reference=reference)


def _quoted_token(parts: list[Message]) -> str:
    """The token in the Message-ID of the mail that came back, whole or only its headers."""
    for part in parts:
        kind = part.get_content_type()
        if kind in {"message/rfc822", "message/global"}:
            texts = [str(one.get("Message-ID", "")) for one in _blocks(part)]
        elif kind in {"text/rfc822-headers", "message/global-headers"}:
            payload = part.get_payload(decode=True)
            said = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
            texts = [line.partition(":")[2] for line in said.splitlines() if line.lower().startswith("message-id:")]
        else:
            continue
        for text in texts:
            if found := _ID.search(text):
                return found.group(1).lower()
    return ""


def token_of_message_id(text: str) -> str:
    """The token in a Message-ID of ours; "" in any other."""
    found = _ID.search(text)
    return found.group(1).lower() if found else ""


def is_automatic(raw: bytes) -> bool:
    """Whether a machine wrote a mail (RFC 3834): out-of-office notes and the like say nothing about an address."""
    mail = BytesParser(policy=policy.compat32).parsebytes(raw, headersonly=True)
    return str(mail.get("Auto-Submitted", "no")).lower().startswith("auto-")
