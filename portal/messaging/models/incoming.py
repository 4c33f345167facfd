"""An SMS to the short code, and the parts of one that was too long for one message."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.text import masked_phone

# Later than this an answer would only surprise.
ANSWER_WITHIN = timedelta(hours=4)
# More than anything that can be meant for us.
LONGEST_TEXT = 1000


class IncomingSmsQuerySet(models.QuerySet):
    def unanswered(self):
        return self.filter(answered_at__isnull=True)


class IncomingSms(models.Model):
    """An SMS to the short code, stored under the provider's id before it is acknowledged.

    The id counts for one sender: two gateways that number alike must not swallow each other's texts.
    """

    provider_id = models.CharField(_("mã của nhà mạng"), max_length=100)
    sender = models.CharField(_("người gửi"), max_length=20)
    text = models.TextField(_("nội dung"), blank=True)
    received_at = models.DateTimeField(_("nhận lúc"), auto_now_add=True)
    answered_at = models.DateTimeField(_("trả lời lúc"), null=True, blank=True)

    objects = IncomingSmsQuerySet.as_manager()

    class Meta:
        verbose_name = _("tin nhận được")
        verbose_name_plural = _("tin nhận được")
        constraints = [
            models.UniqueConstraint(fields=["provider_id", "sender"], name="one_incoming_sms_per_id_and_sender"),
        ]
        indexes = [
            models.Index(fields=["received_at"], condition=models.Q(answered_at__isnull=True), name="incoming_unanswered"),
        ]

    def __str__(self):
        return self.provider_id

    @property
    def masked_sender(self):
        return masked_phone(self.sender)


class IncomingPartQuerySet(models.QuerySet):
    def waiting(self, *, since):
        """Not yet part of a whole, and young enough to become one."""
        return self.filter(joined_at__isnull=True, received_at__gt=since)


class IncomingPart(models.Model):
    """One part of a long SMS, kept until the others have come; GSM 03.40 numbers them in the user data header."""

    # Some gateways give all parts of a text one id.
    provider_id = models.CharField(max_length=100)
    sender = models.CharField(max_length=20)
    # The same in all parts of one SMS; phones use it again after 256 or 65,536 of them.
    reference = models.PositiveIntegerField()
    total = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    text = models.TextField(blank=True)
    received_at = models.DateTimeField(auto_now_add=True)
    # Once the whole was put together; the text is then kept there only, and here a digest of it for a while.
    joined_at = models.DateTimeField(null=True, blank=True)

    objects = IncomingPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider_id", "sender", "reference", "total", "number"], name="each_part_once"),
        ]
        indexes = [
            models.Index(fields=["sender", "reference"], condition=models.Q(joined_at__isnull=True), name="parts_not_joined"),
            models.Index(fields=["received_at"], condition=~models.Q(text="") | models.Q(joined_at__isnull=True), name="parts_with_text"),
        ]

    def __str__(self):
        return f"{self.provider_id} {self.number}/{self.total}"
