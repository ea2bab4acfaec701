"""The audience of a mailing that a journey or an automation sends through: nobody, for people come by one at a time."""

from collections.abc import Mapping
from typing import Any

from fairboard.marketing import recipients
from fairboard.marketing.recipients import ListAudience


def _opened(described: Mapping[str, Any]) -> ListAudience:
    return ListAudience([])


recipients.register("journey", _opened)
recipients.register("automation", _opened)
