"""What an API token may do, at most what its member's role permits."""

_MEMBER = ("ads:read", "ads:write", "talk:read", "talk:write", "notices:write", "account")
_CRM = ("crm:read", "crm:write", "crm:import", "crm:export", "marketing:read", "marketing:write", "marketing:send")
SCOPES = {
    "member": _MEMBER,
    "sales": (*_MEMBER, *_CRM, "members:read"),
    "safety": (*_MEMBER, "members:read", "desk:read", "desk:write", "safety:manage", "ledger:read"),
    "admin": (
        *_MEMBER,
        *_CRM,
        "crm:manage",
        "members:read",
        "members:write",
        "desk:read",
        "desk:write",
        "safety:manage",
        "ledger:read",
    ),
}
