"""How django-allauth works with our members."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Fairboard's choices in django-allauth's flows."""
