"""What the talk room keeps: a conversation about an ad between two members, and its messages."""

import secrets

from django.db import models
from django.urls import reverse

from fairboard.kit.ids import ALPHABET, PublicIdField

WAYS = ("web", "api", "mail")


def new_relay_key() -> str:
    """The unguessable local part of a relay address: 100 random bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(20))


class Conversation(models.Model):
    """Two members talking about one ad. Neither learns the other's address.

    ``buyer_key`` is the relay address the seller writes to, ``seller_key`` the one the buyer writes to.
    """

    public_id = PublicIdField()
    ad = models.ForeignKey("market.Ad", on_delete=models.PROTECT, related_name="+")
    ad_title = models.CharField(max_length=120)
    buyer = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    seller = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    buyer_key = models.CharField(max_length=20, unique=True, default=new_relay_key)
    seller_key = models.CharField(max_length=20, unique=True, default=new_relay_key)
    buyer_read_at = models.DateTimeField(null=True)
    seller_read_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ad", "buyer"], name="talk_conversation_once"),
            models.CheckConstraint(condition=~models.Q(buyer=models.F("seller")), name="talk_two_people"),
        ]
        indexes = [
            models.Index(fields=["buyer", "-last_at"], name="talk_conversation_buyer"),
            models.Index(fields=["seller", "-last_at"], name="talk_conversation_seller"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def path(self) -> str:
        """The address of the conversation's page."""
        return reverse("talk:conversation", kwargs={"conversation_id": self.public_id})

    def other_than(self, member_pk: int) -> int:
        """The row id of the other participant."""
        return self.seller_id if member_pk == self.buyer_id else self.buyer_id


class Message(models.Model):
    """One message, exactly as written. The other side sees it once the gate or the desk allowed it."""

    public_id = PublicIdField()
    conversation = models.ForeignKey(Conversation, on_delete=models.PROTECT, related_name="messages")
    author = models.ForeignKey("people.Member", on_delete=models.PROTECT, related_name="+")
    body = models.TextField()
    way = models.CharField(max_length=4, default="web")
    mail_id = models.CharField(max_length=200, blank=True)
    submission_id = models.CharField(max_length=16, blank=True)
    verdict = models.CharField(max_length=10, blank=True)
    sent_at = models.DateTimeField()
    forwarded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(way__in=WAYS), name="talk_message_way_known"),
            models.UniqueConstraint(
                fields=["conversation", "mail_id"],
                condition=~models.Q(mail_id=""),
                name="talk_message_mail_once",
            ),
        ]
        indexes = [models.Index(fields=["conversation", "id"], name="talk_message_order")]

    def __str__(self) -> str:
        return self.public_id
