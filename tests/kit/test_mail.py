"""Mail: the first line of the template is the subject, and no text of anybody's adds a header."""

from pathlib import Path
from typing import Any

import pytest

from fairboard.kit import mail

GOING = {"from_name": "Bea", "title": "Red bicycle", "body": "Is it there?", "is_first": False, "to_seller": True}


def send(**changes: Any) -> None:
    going = {**GOING, **changes}
    mail.send(to="sam@example.org", template="talk/mail/message.txt", context={"going": going, "link": "/x"})


def test_the_subject_is_the_first_line_and_not_in_the_body(outbox: list[Any]) -> None:
    send()
    (sent,) = outbox
    assert sent.subject == "Bea wrote about: Red bicycle"
    assert sent.body.startswith("Is it there?")
    assert sent.to == ["sam@example.org"]


def test_a_program_is_said_to_have_written_it(outbox: list[Any]) -> None:
    send()
    assert outbox[0].message()["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(
    "title", ["Red\r\nBcc: eve@example.com", "Red\nBcc: eve@example.com", "Red\rBcc: eve@example.com"]
)
def test_a_title_cannot_add_a_header(outbox: list[Any], title: str) -> None:
    send(title=title)
    assert outbox[0].message()["Bcc"] is None
    assert outbox[0].recipients() == ["sam@example.org"]


def test_text_is_not_escaped_as_if_it_were_a_page(outbox: list[Any]) -> None:
    send(body='Ready & "cheap" <now>', title="Tools & nails")
    assert 'Ready & "cheap" <now>' in outbox[0].body
    assert outbox[0].subject.endswith("Tools & nails")


def test_at_home_a_mail_is_a_file(settings: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings.EMAIL_BACKEND = "fairboard.kit.outbox.OutboxBackend"
    settings.OUTBOX_DIR = tmp_path / "outbox"
    send()
    (path,) = settings.OUTBOX_DIR.glob("*.eml")
    assert "Subject: Bea wrote about: Red bicycle" in path.read_text()
    assert str(path) in capsys.readouterr().err
