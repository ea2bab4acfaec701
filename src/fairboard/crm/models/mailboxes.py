"""How mail of the company's people reaches the timelines: a secret address each, and mailboxes that are read."""

from django.db import models


class Dropbox(models.Model):
    """The secret address of somebody of the company: what is sent or blind-copied to it is put on timelines."""

    member_id = models.CharField(max_length=16, unique=True)
    key = models.CharField(max_length=32, unique=True)


class MailFolder(models.Model):
    """How far a folder of a mailbox was read. ``validity`` is IMAP's UIDVALIDITY: another one means to begin anew."""

    mailbox = models.CharField(max_length=200)
    folder = models.CharField(max_length=200)
    validity = models.BigIntegerField(default=0)
    last_uid = models.BigIntegerField(default=0)
    read_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailbox", "folder"], name="crm_mail_folder_once")]
