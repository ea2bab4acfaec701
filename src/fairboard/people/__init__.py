"""Members, sign-up and sign-in, roles and permissions, API tokens."""
