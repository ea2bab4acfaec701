"""The desk looks at networks: list, drawing, acting on all of one; child-safety networks stay with those who may."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from fairboard.kit.actors import Actor
from fairboard.kit.problems import Forbidden, Invalid, NotFound
from fairboard.ledger.models import Event
from fairboard.safety import tasks_networks
from fairboard.safety.graph import layout
from fairboard.safety.models import Case, Network, NetworkMember, Standing
from fairboard.safety.queries import networks as queries
from fairboard.safety.queries.graphs import drawing
from fairboard.safety.services import networks as services
from fairboard.safety.views.networks import shown
from tests.api.client import Caller
from tests.safety.ads import NUMBER, place_ad

Maker = Callable[..., Actor]


@pytest.fixture
def ring(make_member: Maker, now: datetime) -> list[str]:
    """Five ads by five members in four places under one number, and one apart; the ids of the five."""
    ads = [place_ad(make_member(f"m{n}"), n, f"Call {NUMBER}", at=now).ad_id for n in range(5)]
    place_ad(make_member("apart"), 9, at=now)
    return ads


def test_the_list_shows_figures_and_filters(
    ring: list[str], moderator: Actor, signed_in: Callable[[Actor], Client]
) -> None:
    client = signed_in(moderator)
    network = Network.objects.get()
    assert network.public_id in client.get("/desk/networks").content.decode()
    assert network.public_id in client.get("/desk/networks?members.gte=5&risk.gte=0.2&stands_out=yes").content.decode()
    assert network.public_id not in client.get("/desk/networks?size.gte=6").content.decode()


def test_the_page_shows_what_ties_the_ads_in_a_drawing_and_in_tables(
    ring: list[str], moderator: Actor, signed_in: Callable[[Actor], Client]
) -> None:
    page = signed_in(moderator).get(f"/desk/networks/{Network.objects.get().public_id}").content.decode()
    assert page.count("<circle") == 5
    assert page.count("<line") == 5
    assert "+493012345678" in page
    assert "style=" not in page[page.index('<svg class="graph"') :]


def test_one_network_over_the_api(ring: list[str], moderator: Actor) -> None:
    caller = Caller(moderator)
    listed = caller.get('/networks?filter={"field": "places", "op": "gte", "value": 4}').json()["items"]
    assert [one["size"] for one in listed] == [5]
    found = caller.get(f"/networks/{listed[0]['id']}").json()
    assert {one["subject_id"] for one in found["ads"]} == set(ring)
    assert [(one["kind"], one["value"], one["here"], one["is_enough"]) for one in found["evidence"]] == [
        ("phone", "+493012345678", 5, True)
    ]
    assert caller.get("/networks/nosuch").status_code == 404


def test_pages_of_the_list_follow_each_other(make_member: Maker, moderator: Actor, now: datetime) -> None:
    for number in range(6):
        place_ad(make_member(f"m{number}"), number, f"mail box{number // 2}@example.org", at=now)
    seen, cursor = [], ""
    while True:
        page = queries.networks(actor=moderator, cursor=cursor, size=1)
        seen += [one.id for one in page.items]
        cursor = page.next_cursor
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 3


def test_a_child_safety_case_closes_its_whole_network(
    ring: list[str], moderator: Actor, lead: Actor, now: datetime
) -> None:
    network = Network.objects.get().public_id
    case = services.open_network_case(network_id=network, actor=moderator, at=now)
    Case.objects.filter(public_id=case).update(is_child=True, queue="child")
    assert queries.networks(actor=moderator).items == []
    for act in (
        lambda: queries.network_page(network_id=network, actor=moderator),
        lambda: services.open_network_case(network_id=network, actor=moderator, at=now),
    ):
        with pytest.raises(NotFound):
            act()
    assert queries.network_of(kind="ad", subject_id=ring[1], actor=moderator) is None
    assert queries.network_page(network_id=network, actor=lead).network.size == 5


def test_a_network_has_one_case_while_it_is_open(
    ring: list[str], moderator: Actor, seller: Actor, now: datetime
) -> None:
    network = Network.objects.get().public_id
    first = services.open_network_case(network_id=network, actor=moderator, at=now)
    assert services.open_network_case(network_id=network, actor=moderator, at=now) == first
    case = Case.objects.get(public_id=first)
    assert (case.public_id, case.subject_id, case.severity, case.policy) == (first, ring[-1], 4, "exploitation")
    assert Event.objects.filter(kind="safety.network.cased").count() == 1
    with pytest.raises(Forbidden):
        services.open_network_case(network_id=network, actor=seller, at=now)


def test_a_network_that_stands_out_gets_its_case_by_itself(ring: list[str], moderator: Actor) -> None:
    tasks_networks.watch_networks()
    tasks_networks.watch_networks()
    case_id = Network.objects.get().case_id
    assert Case.objects.get(public_id=case_id).severity == 4
    Case.objects.update(state="decided")
    tasks_networks.watch_networks()  # it was looked at and has not doubled since
    assert Network.objects.get().case_id == case_id
    assert not Case.objects.filter(state="open").exists()


def test_holding_a_network_brings_every_ad_before_the_desk(
    ring: list[str], moderator: Actor, signed_in: Callable[[Actor], Client]
) -> None:
    client, path = signed_in(moderator), f"/desk/networks/{Network.objects.get().public_id}"
    short = client.post(path, {"policy": "", "reason": "no"})
    assert short.status_code == 422
    assert "\nno</textarea>" in short.content.decode()
    assert not Standing.objects.exists()
    done = client.post(path, {"policy": "exploitation", "reason": "One hand behind five accounts."})
    assert done.status_code == 302
    assert set(Case.objects.filter(state="open").values_list("subject_id", flat=True)) == set(ring)
    assert set(Standing.objects.values_list("state", flat=True)) == {"on_hold"}
    assert Standing.objects.count() == 5
    assert Event.objects.filter(kind="safety.network.held").count() == 1
    assert Event.objects.filter(kind="safety.standing.changed").count() == 5


def test_holding_needs_a_policy_and_leaves_stricter_standings(ring: list[str], moderator: Actor, now: datetime) -> None:
    network = Network.objects.get().public_id
    member = NetworkMember.objects.order_by("pk")[0].author_id
    Standing.objects.create(member_id=member, state="closed", at=now)
    with pytest.raises(Invalid):
        services.hold_network(network_id=network, policy="nosuch", reason="long enough", actor=moderator, at=now)
    waiting = Case.objects.filter(state="open").count()  # those that joined when the network already stood out
    held = services.hold_network(network_id=network, policy="scam", reason="long enough", actor=moderator, at=now)
    assert (held.cases + waiting, held.members) == (5, 4)
    assert Case.objects.filter(state="open").count() == 5
    assert Standing.objects.get(member_id=member).state == "closed"


def test_the_case_page_has_a_small_drawing(ring: list[str], moderator: Actor) -> None:
    from django.template.loader import render_to_string

    found = queries.network_of(kind="ad", subject_id=ring[0], actor=moderator)
    part = render_to_string("safety/parts/network.html", shown(found, most=24))
    assert "5 ads by 5 members in 4 places" in part
    assert render_to_string("safety/parts/network.html", shown(None)).strip() == ""


def test_a_merged_networks_address_leads_to_what_it_became(make_member: Maker, moderator: Actor, now: datetime) -> None:
    for at, contact in enumerate((NUMBER, NUMBER, "sale@example.org", "sale@example.org")):
        place_ad(make_member(f"m{at}"), at, contact, at=now)
    second = Network.objects.order_by("-pk")[0]
    place_ad(make_member("bridge"), 9, f"{NUMBER} or sale@example.org", at=now)
    found = queries.network_page(network_id=second.public_id, actor=moderator).network
    assert (found.size, found.id != second.public_id) == (5, True)


def test_many_ads_are_drawn_by_member(make_member: Maker, moderator: Actor, now: datetime) -> None:
    members = [make_member(f"m{n}") for n in range(4)]
    for number in range(20):
        place_ad(members[number % 4], number, f"Call {NUMBER}", at=now)
    page = queries.network_page(network_id=Network.objects.get().public_id, actor=moderator)
    assert len(drawing(page).dots) == 25  # 20 ads, their number, 4 accounts
    grouped = drawing(page, most=12)
    assert grouped.is_grouped
    assert sorted(one.count for one in grouped.dots if one.shape == "member") == [5, 5, 5, 5]


def test_a_drawing_is_always_the_same_and_stays_in_its_box() -> None:
    nodes = [f"n{n}" for n in range(60)]
    edges = [(f"n{n}", f"n{n * 7 % 60}") for n in range(60)]
    one = layout(nodes, edges, width=800, height=480)
    assert one == layout(nodes, edges, width=800, height=480)
    assert all(0 <= x <= 800 and 0 <= y <= 480 for x, y in one.values())
    assert len(set(one.values())) > 55
    assert layout(["a"], [], width=10, height=10, margin=1) == {"a": (5, 5)}
    assert layout([], [], width=10, height=10) == {}
