"""The letters an authority gets, as text: what is in them, and who may be told when."""

from datetime import datetime

from django.conf import settings
from django.template.loader import get_template
from django.utils import translation

from fairboard.safety import orders as kinds
from fairboard.safety.models import Order


def letter_context(*, order_id: str, step: str) -> dict[str, object]:
    """What the templates of letters use; empty for an unknown order. ``answer`` is the newest answer's text."""
    order = Order.objects.filter(public_id=order_id).first()
    if order is None:
        return {}
    entry = order.entries.filter(step=step).order_by("-pk").first()
    packages = order.disclosures.order_by("pk").values_list("public_id", "sha256")
    return {
        "contact": order.contact, "language": order.language if order.language in dict(settings.LANGUAGES) else "en",
        "authority": order.authority, "reference": order.reference, "kind": str(kinds.BY_KEY[order.kind].label),
        "law": kinds.BY_KEY[order.kind].law, "received_at": order.received_at, "due_at": order.due_at,
        "id": order.public_id, "answer": entry.text if entry else "", "refused": step == "refuse",
        "packages": [{"id": one, "sha256": digest} for one, digest in packages],
    }  # fmt: skip


def letter(*, order_id: str, step: str) -> str:
    """A letter as text to copy into a portal or print: step ``received``, ``answer`` or ``refuse``."""
    name = "order_receipt" if step == "received" else "order_answer"
    context = letter_context(order_id=order_id, step=step)
    with translation.override(str(context.get("language", "en"))):
        text = get_template(f"safety/mail/{name}.txt").render(
            {**context, "site_name": settings.SITE_NAME, "base_url": settings.BASE_URL}
        )
    return text.partition("\n")[2].strip()


def waiting_to_be_told(*, at: datetime) -> list[str]:
    """Confidential orders whose silence is over and whose authors were not told."""
    found = Order.objects.filter(is_confidential=True, told_at=None, silent_until__lte=at, kind="removal")
    return list(found.exclude(carried_out_at=None).order_by("pk").values_list("public_id", flat=True)[:200])
