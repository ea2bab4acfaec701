"""The settings of mailings and of the mail sink, read by `fairboard.settings`. No Django here."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from fairboard.kit import mail_url


def read(
    text: Callable[[str, str], str], number: Callable[[str, float], float], switch: Callable[[str, bool], bool],
    problems: list[str], *, email_url: str, sender: str, host: str, data_dir: Path, production: bool,
) -> dict[str, Any]:  # fmt: skip
    """The settings by name; what is wrong is added to ``problems``, each with what to set instead.

    Several servers, separated by commas, are used in turn; without any, mailings leave the way all mail does.
    """
    own = text("FAIRBOARD_MAILING_SMTP_URLS", "")
    urls = [one.strip() for one in (own or email_url).split(",") if one.strip()]
    for one in urls if own else ():
        try:
            mail_url.parse(one)
        except ValueError as error:
            problems.append(
                f"FAIRBOARD_MAILING_SMTP_URLS cannot be read ({error}): write smtp+tls://user:pass@host:587."
            )
    made: dict[str, Any] = {
        "MAILING_SMTP_URLS": urls,
        "MAILING_FROM": text("FAIRBOARD_MAILING_FROM", sender),
        "MAILING_BOUNCE_DOMAIN": text("FAIRBOARD_MAILING_BOUNCE_DOMAIN", f"bounce.{host}").lower(),
        "MAILING_BOUNCE_MAILDIR": text("FAIRBOARD_MAILING_BOUNCE_MAILDIR", ""),
        "MAILING_CONNECTIONS": int(number("FAIRBOARD_MAILING_CONNECTIONS", 4)),
        "MAILING_CAP": int(number("FAIRBOARD_MAILING_CAP", 4)),
        "MAILING_CAP_DAYS": int(number("FAIRBOARD_MAILING_CAP_DAYS", 7)),
        "MAILING_POSTAL_ADDRESS": text("FAIRBOARD_MAILING_POSTAL_ADDRESS", ""),
        "MAILING_WEBHOOK_SECRET": text("FAIRBOARD_MAILING_WEBHOOK_SECRET", ""),
        "MAILING_JOURNALS": data_dir / "mailings",
        "MAIL_SINK_LISTEN": text("FAIRBOARD_MAIL_SINK_LISTEN", ""),
        "MAIL_SINK_DIR": Path(text("FAIRBOARD_MAIL_SINK_DIR", str(data_dir / "mail-sink"))).expanduser().resolve(),
    }
    made["MAIL_SINK"] = bool(made["MAIL_SINK_LISTEN"]) or switch("FAIRBOARD_MAIL_SINK", False)
    problems += [message for is_wrong, message in _checks(made, production) if is_wrong]
    return made


def _checks(made: dict[str, Any], production: bool) -> list[tuple[bool, str]]:
    return [
        (not 1 <= made["MAILING_CONNECTIONS"] <= 64, "FAIRBOARD_MAILING_CONNECTIONS is not between 1 and 64."),
        (made["MAILING_CAP"] < 0, "FAIRBOARD_MAILING_CAP is below 0."),
        (not 1 <= made["MAILING_CAP_DAYS"] <= 90, "FAIRBOARD_MAILING_CAP_DAYS is not between 1 and 90."),
        (
            0 < len(made["MAILING_WEBHOOK_SECRET"]) < 24,
            "FAIRBOARD_MAILING_WEBHOOK_SECRET is shorter than 24 characters.",
        ),
        (
            production and made["MAIL_SINK"],
            "FAIRBOARD_MAIL_SINK is on: unset it, a sink keeps mail for tests and never delivers any.",
        ),
    ]
