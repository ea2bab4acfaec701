"""What an API token may do, at most what its member's role permits."""

SCOPES = {
    "member": ("ads:read", "ads:write", "talk:read", "talk:write", "notices:write", "account"),
    "sales": ("ads:read", "ads:write", "talk:read", "talk:write", "notices:write", "account", "members:read"),
    "safety": ("ads:read", "ads:write", "talk:read", "talk:write", "notices:write", "account", "members:read",
               "desk:read", "desk:write", "ledger:read"),
    "admin": ("ads:read", "ads:write", "talk:read", "talk:write", "notices:write", "account", "members:read",
              "desk:read", "desk:write", "ledger:read"),
}  # fmt: skip
