"""Forms of sign-up and the account."""

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from fairboard.kit import clock
from fairboard.people.actors import actor_for
from fairboard.people.models import Member
from fairboard.people.services.members import joined


class SignUpForm(forms.Form):
    """What sign-up asks beside e-mail and password."""

    display_name = forms.CharField(
        label=_("Your name on the site"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )

    def signup(self, request: HttpRequest, user: Member) -> None:
        """Keep the name with the new member and write the event."""
        user.display_name = self.cleaned_data["display_name"]
        user.save(update_fields=["display_name"])
        joined(member_id=user.public_id, actor=actor_for(user), at=clock.now())
