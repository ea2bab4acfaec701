"""Who does something: a member with a role, the system itself, or somebody unknown."""

from dataclasses import dataclass
from typing import Self

PERMISSIONS: dict[str, frozenset[str]] = {
    "anonymous": frozenset(),
    "member": frozenset({"ads.post", "talk.write"}),
    "sales": frozenset({"ads.post", "talk.write", "members.view", "ads.export"}),
    "safety": frozenset({"ads.post", "talk.write", "desk.view", "desk.decide", "members.view", "ledger.view"}),
    "admin": frozenset(
        {
            "ads.post",
            "talk.write",
            "desk.view",
            "desk.decide",
            "members.view",
            "members.manage",
            "ledger.view",
            "market.manage",
            "ads.import",
            "ads.export",
        }
    ),
    "system": frozenset(
        {"ads.post", "ads.import", "ads.export", "desk.view", "desk.decide", "members.manage", "ledger.view"}
    ),
}
"""What each role may do. A permission not listed here is refused to everybody."""
ROLES = ("member", "sales", "safety", "admin")
STAFF_ROLES = ("sales", "safety", "admin")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. ``id`` is a public id, empty for the system and for visitors."""

    kind: str
    id: str
    role: str
    name: str = ""

    @classmethod
    def system(cls, name: str) -> Self:
        """The program itself, acting under the name of one of its parts."""
        return cls("system", "", "system", name)

    @property
    def is_staff(self) -> bool:
        """Whether this is somebody who works for the company."""
        return self.role in STAFF_ROLES

    def can(self, permission: str) -> bool:
        """Whether this actor's role holds the permission."""
        return permission in PERMISSIONS.get(self.role, frozenset())


ANONYMOUS = Actor("anonymous", "", "anonymous")
