"""The address of the mail server: what is meant is read, what is doubtful refused."""

import pytest

from fairboard.kit.mail_url import MailServer, parse


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://localhost", MailServer("localhost", 25, "", "", use_tls=False, use_ssl=False)),
        ("smtp://127.0.0.1:2525/", MailServer("127.0.0.1", 2525, "", "", use_tls=False, use_ssl=False)),
        ("smtp+tls://u:p@host", MailServer("host", 587, "u", "p", use_tls=True, use_ssl=False)),
        ("smtp+ssl://u%40x.org:a%2Fb%3A@host", MailServer("host", 465, "u@x.org", "a/b:", use_tls=False, use_ssl=True)),
        ("smtp+tls://[2001:db8::1]:26", MailServer("2001:db8::1", 26, "", "", use_tls=True, use_ssl=False)),
    ],
)
def test_scheme_port_and_password_are_understood(url: str, server: MailServer) -> None:
    assert parse(url) == server


@pytest.mark.parametrize(
    "url",
    [
        "mail.example.org:587", "http://host", "smtp://", "smtp://u:hunter2@", "smtp://u:hunter2@host:many",
        "smtp://u:hunter2/2@host", "smtp://u:9#hunter2@host", "smtp://u:9?hunter2@host", "smtp://host:99999",
        "smtp://host/hunter2", "smtp://[::1", "",
    ],
)  # fmt: skip
def test_what_could_mean_another_server_is_refused_without_the_password(url: str) -> None:
    with pytest.raises(ValueError, match=r"^[a-z]") as caught:
        parse(url)
    assert "hunter2" not in str(caught.value)
