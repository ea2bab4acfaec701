"""Shops that sell, with their accounts: `python -m tests.browser.shops` in the settings of a market."""

SHOPS = 40


def fill() -> None:
    """Forty accounts with a mail address and a member, every second one with three ads that are live."""
    from fairboard.crm.services import timeline
    from fairboard.crm.services.records import create_record
    from fairboard.crm.services.ties import tie_members
    from fairboard.kit import clock
    from fairboard.kit.actors import Actor
    from fairboard.market.services.bulk import Row, submit_many
    from fairboard.market.services.drafts import Draft
    from fairboard.people.queries import actor_by_id
    from fairboard.people.services.members import ensure_member

    now, operator = clock.now(), Actor.system("seed")
    rows = []
    for number in range(SHOPS):
        email = f"shop{number}@shops.example"
        member = actor_by_id(ensure_member(actor=operator, email=email, role="member", at=now))
        assert member is not None
        account = create_record(
            type_key="account", values={"name": f"Shop {number}", "email": email}, actor=operator, at=now
        )
        tie_members(account_id=account.id, member_ids=[member.id], actor=operator, at=now)
        words = ("oak", "pine", "steel")
        rows += [
            Row(
                Draft(f"Chair {number} {word}", f"A chair of {word}, number {number} of a row.",
                      "for-sale/furniture", "de/berlin", str(20 + number)), member, f"{number}-{word}", "seed",
            )
            for word in words if number % 2
        ]  # fmt: skip
    submit_many(rows=rows, at=now, actor=operator)
    for number in range(3):
        create_record(type_key="deal", values={"name": f"Deal {number}", "amount": 10}, actor=operator, at=now)
    while timeline.follow(at=now):
        pass


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fairboard.settings")
    django.setup()
    fill()
