"""Live ads drawn at random, for the desk's estimate of how many break the rules."""

from fairboard.market.models import Card


def draw(number: int) -> list[str]:
    """Ids of so many live ads, each as likely as any other; a scan of all cards, so for a daily task."""
    return list(Card.objects.order_by("?").values_list("public_id", flat=True)[:number])
