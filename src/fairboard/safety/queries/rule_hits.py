"""What the rules and banks found of one submission, for the page of its case."""

from dataclasses import dataclass
from datetime import datetime

from fairboard.kit.actors import Actor
from fairboard.safety.models import BankMatch, DelayedRefusal, RuleHit
from fairboard.safety.queries.access import visible_submissions


@dataclass(frozen=True, slots=True)
class HitRow:
    """A rule that was true of the submission; ``rule_id`` is empty for packaged rules and banks."""

    key: str
    name: str
    rule_id: str
    version: int
    was_live: bool
    outcome: str


@dataclass(frozen=True, slots=True)
class MatchedRow:
    """A photo of the submission that is in a bank."""

    bank: str
    bank_id: str
    photo: str
    distance: int
    note: str


@dataclass(frozen=True, slots=True)
class FoundRow:
    """Everything the rules and banks found; ``refused_at`` is when a refusal that is put off is carried out."""

    hits: tuple[HitRow, ...]
    matches: tuple[MatchedRow, ...]
    refused_at: datetime | None


def on_submission(*, submission_id: str, actor: Actor) -> FoundRow:
    """What was found of a submission; nothing of one the actor may not read."""
    submission = visible_submissions(actor).filter(public_id=submission_id).first()
    if submission is None:
        return FoundRow((), (), None)
    hits = RuleHit.objects.select_related("version__rule").filter(submission=submission).order_by("-was_live", "pk")
    waiting = DelayedRefusal.objects.filter(submission=submission, done_at__isnull=True).first()
    matches = BankMatch.objects.select_related("entry__bank").filter(submission=submission).order_by("distance", "pk")
    return FoundRow(
        tuple(
            HitRow(
                one.rule_key, one.version.rule.name if one.version else one.rule_key,
                one.version.rule.public_id if one.version else "", one.version.number if one.version else 0,
                one.was_live, one.outcome,
            )
            for one in hits
        ),
        tuple(
            MatchedRow(
                one.entry.bank.name, one.entry.bank.public_id, one.photo, one.distance,
                ", ".join(f"{name}: {value}" for name, value in one.entry.metadata.items()),
            )
            for one in matches
        ),
        waiting.carry_out_at if waiting else None,
    )  # fmt: skip
