"""Fills the market a browser test runs on, in a process with that market's settings: `python -m tests.browser.seed`."""

from datetime import timedelta


def seed() -> None:
    """Chairs that are live, and what a demo gives the safety desk to do."""
    from fairboard.demo import desk
    from fairboard.demo.generate import scenes
    from fairboard.demo.pictures import encoded
    from fairboard.kit import clock
    from fairboard.kit.actors import Actor
    from fairboard.market.services.bulk import Row, submit_many
    from fairboard.market.services.drafts import Draft
    from fairboard.people.queries import actor_by_id
    from fairboard.people.services.members import ensure_member, set_grants

    now, operator = clock.now(), Actor.system("seed")

    def member(number: int, login: str = "", role: str = "member", grants: tuple[str, ...] = ()) -> Actor:
        joined = now - timedelta(days=40)
        email = f"{login or f'member{number}'}@demo.invalid"
        made = ensure_member(
            actor=operator, email=email, role=role, at=joined, display_name=login or f"Member {number}"
        )
        if grants:
            set_grants(actor=operator, member_id=made, grants=grants, at=joined)
        found = actor_by_id(made)
        assert found is not None
        return found

    rows = [
        Row(
            Draft(f"Chair {number}", f"A {['wooden', 'metal', 'folding'][number % 3]} chair, number {number} of a row.",
                  "for-sale/furniture", "de/berlin", str(20 + number)),
            member(200 + number), f"chair-{number}", "seed",
        )
        for number in range(26)
    ]  # fmt: skip
    live = [one.ad_id for one in submit_many(rows=rows, at=now - timedelta(days=8), actor=operator)]
    pictures = [encoded(next(iter(scenes())), variant) for variant in range(2)]
    moderator = member(0, "sofia", "safety")
    lead = member(0, "leo", "safety", ("safety_lead", "child_safety"))
    desk.fill(desk.Scene(member, moderator, lead, live, pictures, operator), now)


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fairboard.settings")
    django.setup()
    seed()
