"""What the desk is told of an ad: enough to judge it in its surroundings, by kind and public id only."""

from fairboard.market import catalogue
from fairboard.market.models import Ad
from fairboard.market.queries.ads import facts, photo_address
from fairboard.safety.registry import Description


def describe(subject_id: str) -> Description | None:
    """Title, address, state, author and photos of an ad; None when there is none."""
    ad = Ad.objects.select_related("seller", "current").filter(public_id=subject_id).first()
    if ad is None or ad.current is None:
        return None
    category = catalogue.current().category_by_pk[ad.current.category_id]
    live = Ad.objects.filter(seller=ad.seller, state="live").count()
    return Description(
        title=ad.current.title, url=ad.path, state=ad.state, author_id=ad.seller.public_id,
        author_name=ad.seller.display_name,
        thumbnails=[photo_address(photo, "m") for photo in ad.current.photos],
        facts=[*facts(category, ad.current.attributes), ("Live ads of this member", str(live))],
    )  # fmt: skip
