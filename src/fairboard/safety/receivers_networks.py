"""Networks as a part of the gate, what they hear of decisions, and what evidence keeps of them."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from fairboard.kit.actors import Actor
from fairboard.safety import networks, parts, registry, signals
from fairboard.safety.queries.networks import network_of


def record(kind: str, subject_id: str, author_id: str, at: datetime) -> dict[str, Any] | None:
    """The network of a subject as it is now, for evidence: figures, its newest ads, what ties them."""
    page = network_of(kind=kind, subject_id=subject_id, actor=Actor.system("evidence"))
    if page is None:
        return None
    return {
        "network": asdict(page.network),
        "ads": [asdict(one) for one in page.ads],
        "evidence": [asdict(one) for one in page.evidence],
    }


parts.register(networks.PART)
signals.decision_made.connect(networks.note_decision)
registry.register_record("network", record)
