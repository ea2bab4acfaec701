"""Who does something: a member with a role, the system itself, or somebody unknown."""

from dataclasses import dataclass
from typing import Self

_MEMBER = frozenset({"ads.post", "talk.write"})
_DESK = frozenset({"desk.view", "desk.decide", "members.view", "ledger.view", "rules.edit", "metrics.view"})
_LEAD = frozenset({"desk.lead", "rules.promote", "banks.manage", "orders.manage", "evidence.view"})
_CHILD = frozenset({"desk.child", "evidence.view", "reports.send"})
_CRM = frozenset({"crm.use", "marketing.use"})
PERMISSIONS: dict[str, frozenset[str]] = {
    "anonymous": frozenset(),
    "member": _MEMBER,
    "sales": _MEMBER | _CRM | {"members.view", "ads.export"},
    "safety": _MEMBER | _DESK,
    "admin": _MEMBER
    | _DESK
    | _LEAD
    | _CRM
    | {"crm.manage", "members.manage", "market.manage", "ads.import", "ads.export"},
    "system": _MEMBER | _DESK | _LEAD | _CHILD | _CRM | {"crm.manage", "members.manage", "ads.import", "ads.export"},
}
"""What each role may do. A permission not listed here is refused to everybody."""
GRANTS: dict[str, frozenset[str]] = {"safety_lead": _LEAD, "child_safety": _CHILD}
"""What somebody of the safety desk may be given on top of the role; child safety is never part of a role."""
ROLES = ("member", "sales", "safety", "admin")
GRANTED_ROLES = ("safety", "admin")
STAFF_ROLES = ("sales", "safety", "admin")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. ``id`` is a public id, empty for the system and for visitors."""

    kind: str
    id: str
    role: str
    name: str = ""
    grants: frozenset[str] = frozenset()

    @classmethod
    def system(cls, name: str) -> Self:
        """The program itself, acting under the name of one of its parts."""
        return cls("system", "", "system", name)

    @property
    def is_staff(self) -> bool:
        """Whether this is somebody who works for the company."""
        return self.role in STAFF_ROLES

    def can(self, permission: str) -> bool:
        """Whether this actor's role, or something granted on top of it, holds the permission."""
        if permission in PERMISSIONS.get(self.role, frozenset()):
            return True
        return any(permission in GRANTS.get(grant, frozenset()) for grant in self.grants)


ANONYMOUS = Actor("anonymous", "", "anonymous")
