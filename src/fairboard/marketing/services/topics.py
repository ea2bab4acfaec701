"""The topics one begins with."""

from datetime import datetime

from fairboard.kit.actors import Actor
from fairboard.marketing.models import Topic
from fairboard.marketing.services.consents import save_topic

FIRST = (
    (
        "news", "News and tips", "What is new on the market, about once a month.",
        "Yes, send me news and tips by mail. I can stop this at any time by a link in every mail.",
    ),
    (
        "offers", "Offers for sellers", "Promotions and prices for people who sell here.",
        "Yes, send me offers for sellers by mail. I can stop this at any time by a link in every mail.",
    ),
    (
        "service", "About your account", "Notices about the service itself.",
        "Yes, send me notices about my account by mail.",
    ),
)  # fmt: skip


def install(*, at: datetime) -> None:
    """Make them where there are none yet."""
    if Topic.objects.exists():
        return
    for position, (key, name, description, wording) in enumerate(FIRST):
        save_topic(
            key=key, name=name, description=description, wording=wording, position=position,
            actor=Actor.system("marketing"), at=at,
        )  # fmt: skip
