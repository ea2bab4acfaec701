"""Telling colleagues that a note names them."""

from django.conf import settings
from django.urls import reverse

from fairboard.crm.queries.activities import about_of
from fairboard.crm.queries.records import record
from fairboard.kit import mail, tasks
from fairboard.kit.problems import Problem
from fairboard.people.queries import actor_by_id, address_of, language_of, names_of


@tasks.task("crm.tell_mentioned")
def tell_mentioned(note_id: str, member_id: str) -> None:
    """Send a colleague the note that names them, if they may see it."""
    actor = actor_by_id(member_id)
    if actor is None:
        return
    try:
        note = record(actor=actor, record_id=note_id)
    except Problem:
        return
    kind = about_of(note)
    about = note.values.get("about", "")
    path = reverse("crm:record", args=[kind, about]) if kind else reverse("crm:record", args=["note", note_id])
    context = {
        "by": names_of({note.owner_id}).get(note.owner_id, ""), "text": note.values.get("text", ""),
        "link": settings.BASE_URL + path,
    }  # fmt: skip
    mail.send(
        to=address_of(member_id), template="crm/mail/mentioned.txt", context=context, language=language_of(member_id)
    )
