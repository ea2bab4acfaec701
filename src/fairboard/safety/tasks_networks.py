"""Watching networks: one that stands out gets a case without anybody asking."""

from fairboard.kit import clock, tasks
from fairboard.kit.actors import Actor
from fairboard.safety.queries.networks import standing_out
from fairboard.safety.services.networks import open_network_case


@tasks.every(minutes=5, name="safety.watch_networks")
def watch_networks() -> None:
    """Open a case about each network that stands out and has none, or has doubled since its last one."""
    for network_id in standing_out():
        open_network_case(network_id=network_id, actor=Actor.system("networks"), at=clock.now())
