"""The development inbox: what was delivered, as its recipient would see it."""

from django.db import models

from portal.messaging.models.channel import Channel
from portal.text import e164


class InboxCopyQuerySet(models.QuerySet):
    def received_by(self, typed):
        """What came to a phone in any spelling, or to an address of which a part was typed."""
        try:
            return self.filter(recipient=e164(typed))
        except ValueError:
            return self.filter(recipient__icontains=typed.strip())


class InboxCopy(models.Model):
    """DEMO only: what was delivered, as the recipient would see it; the message rows are wiped."""

    channel = models.CharField(max_length=5, choices=Channel.choices)
    recipient = models.CharField(max_length=254, db_index=True)
    sender = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    html = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True)

    objects = InboxCopyQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["-at", "-id"], name="inbox_newest_first")]

    def __str__(self):
        return f"{self.channel} {self.at}"
