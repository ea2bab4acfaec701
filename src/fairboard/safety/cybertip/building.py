"""From what evidence says to the documents of a report. Pure; the same evidence gives the same bytes."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from typing import Any

from fairboard.safety.cybertip.elements import Table, build


@dataclass(frozen=True, slots=True)
class Choices:
    """What the person who reports decided; ``contact`` is ``Name <address>`` of who answers for the provider."""

    incident_type: str
    note: str
    high_priority: str
    with_photos: bool
    photos_viewed: bool
    service: str
    base_url: str
    contact: str


@dataclass(frozen=True, slots=True)
class FileToSend:
    """One file: the name it has in the evidence, the name it is sent under, SHA-256 and MD5 in hex, bytes."""

    name: str
    sent_as: str
    sha256: str
    md5: str
    size: int


def summary(files: Mapping[str, bytes]) -> str:
    """What happened in neutral words: dates, category, place, policy, rules; never what was written."""
    submission, case = _json(files, "submission"), _json(files, "case")
    rules = ", ".join(dict.fromkeys(str(one.get("rule", "")) for one in submission.get("reasons", []))) or "none"
    notices = len(_json(files, "notices") or [])
    return (
        f"A {'message' if submission.get('kind') == 'message' else 'classified advertisement'} "
        f"(version {submission.get('revision')}) sent {submission.get('submitted_at')}, "
        f"category {submission.get('category') or 'none'}, place {submission.get('place') or 'none'}. "
        f"Judged under the policy {case.get('policy') or 'none'}. Automatic rules: {rules}. "
        f"Reports by other users: {notices}. Photos kept: {sum(name.startswith('photos/') for name in files)}."
    )


def files_to_send(files: Mapping[str, bytes], choices: Choices) -> list[FileToSend]:
    """The photos of the evidence in the order of their names; none where the person left them out."""
    if not choices.with_photos:
        return []
    found = sorted(name for name in files if name.startswith("photos/"))
    return [
        FileToSend(
            name, f"photo-{number}.webp", hashlib.sha256(files[name]).hexdigest(),
            hashlib.md5(files[name], usedforsecurity=False).hexdigest(), len(files[name]),
        )
        for number, name in enumerate(found, 1)
    ]  # fmt: skip


def report(files: Mapping[str, bytes], choices: Choices, known: Table) -> bytes:
    """The report's document from the files of a piece of evidence."""
    submission, subject = _json(files, "submission"), _json(files, "subject")
    account = _json(files, "records/account")
    texts = sorted(submission.get("fields", {}).items(), key=lambda one: (one[0] != "title", one[0]))
    written = "\n\n".join(f"[{name}] {text}" for name, text in texts)
    url = f"{choices.base_url}{subject['url']}" if subject.get("url") else ""
    if submission.get("kind") == "message":
        internet: dict[str, Any] = {"chat": {"client": choices.service, "content": written, "info": url}}
    else:
        internet = {"page": {"url": [url], "info": written}}
    contacts = "; ".join(f"{one.get('kind')}: {one.get('value')}" for one in submission.get("contacts", []))
    name, address = parseaddr(choices.contact)
    first, _space, last = name.partition(" ")
    facts = {
        "incident": {
            "type": choices.incident_type, "platform": choices.service, "high_priority": choices.high_priority,
            "at": _moment(submission.get("submitted_at")), "at_means": "When it was sent to the provider.",
        },
        "internet": [internet],
        "reporter": {
            "person": {"first_name": first, "last_name": last, "email": address},
            "legal_url": f"{choices.base_url}/rules",
        },
        "reported": {
            "person": {"email": _addresses(account)},
            "id": submission.get("author_id"), "service": choices.service,
            "screen_name": account.get("display_name"),
            "captures": [
                {"address": one["ip"], "event": "Login", "at": _moment(one["at"])}
                for one in account.get("sign_ins", [])
            ],
            "info": _join(
                f"Member since {account['member_since']}." if account.get("member_since") else "",
                f"Contact details found in the text: {contacts}." if contacts else "",
            ),
        },
        "info": _join(summary(files), choices.note),
    }  # fmt: skip
    return build("report", facts, known)


def file_details(
    one: FileToSend, *, report_id: str, file_id: str, sent_at: str, choices: Choices, known: Table
) -> bytes:
    """The document about one uploaded file."""
    facts = {
        "report_id": report_id, "file_id": file_id, "name": one.sent_as, "at": _moment(sent_at),
        "viewed": choices.photos_viewed, "relevance": "Reported",
        "hashes": [("MD5", one.md5), ("SHA256", one.sha256)],
        "info": ["Re-encoded by the provider when it was uploaded; the hashes are of the file sent here."],
    }  # fmt: skip
    return build("fileDetails", facts, known)


def _addresses(account: Mapping[str, Any]) -> list[str]:
    known = [account.get("email"), *(one.get("email") for one in account.get("addresses", []))]
    return list(dict.fromkeys(str(one) for one in known if one))


def _join(*texts: str) -> str:
    return "\n".join(text.strip() for text in texts if text.strip())


def _json(files: Mapping[str, bytes], name: str) -> Any:
    return json.loads(files.get(f"{name}.json", b"{}"))


def _moment(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
