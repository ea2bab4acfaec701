"""Forms of sign-up and the account."""

from typing import Any

from allauth.account.forms import SignupForm
from allauth.headless.account.inputs import SignupInput
from django import forms
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from fairboard.kit import clock
from fairboard.people.actors import actor_for
from fairboard.people.models import Member
from fairboard.people.services.members import joined


class Joining(forms.Form):
    """What page and API ask of somebody who joins, saved as a service is: member, address and event together."""

    cleaned_data: dict[str, Any]
    display_name = forms.CharField(
        label=_("Your name on the site"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )

    def save(self, request: HttpRequest) -> AbstractBaseUser:
        """Make the member in one transaction."""
        with transaction.atomic():
            member: AbstractBaseUser = super().save(request)  # type: ignore[misc]
        return member

    def custom_signup(self, request: HttpRequest, user: Member) -> None:
        """Keep the name and language with the new member and write the event."""
        user.display_name = self.cleaned_data["display_name"]
        user.language = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
        user.save(update_fields=["display_name", "language"])
        joined(member_id=user.public_id, actor=actor_for(user), at=clock.now())


class JoinForm(Joining, SignupForm):  # type: ignore[misc]
    """The sign-up page's form."""

    field_order = ("email", "display_name", "password1")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = _("At least 10 characters. A few words in a row are good.")


class JoinInput(Joining, SignupInput):  # type: ignore[misc]
    """What the API takes from somebody who joins."""
