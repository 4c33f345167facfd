"""An SMS to the short code, and the parts of one that was too long for one message."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.text import masked_phone


class IncomingSmsQuerySet(models.QuerySet):
    def unanswered(self):
        return self.filter(answered_at__isnull=True)


class IncomingSms(models.Model):
    """An SMS to the short code, stored under the provider's id before it is acknowledged."""

    provider_id = models.CharField(_("mã của nhà mạng"), max_length=100, unique=True)
    sender = models.CharField(_("người gửi"), max_length=20)
    text = models.TextField(_("nội dung"), blank=True)
    received_at = models.DateTimeField(_("nhận lúc"), auto_now_add=True)
    answered_at = models.DateTimeField(_("trả lời lúc"), null=True, blank=True)

    objects = IncomingSmsQuerySet.as_manager()

    class Meta:
        verbose_name = _("tin nhận được")
        verbose_name_plural = _("tin nhận được")
        indexes = [
            models.Index(fields=["received_at"], condition=models.Q(answered_at__isnull=True), name="incoming_unanswered"),
        ]

    def __str__(self):
        return self.provider_id

    @property
    def masked_sender(self):
        return masked_phone(self.sender)


class IncomingPart(models.Model):
    """One part of a long SMS, kept until the others have come; GSM 03.40 numbers them in the user data header."""

    provider_id = models.CharField(max_length=100, unique=True)
    sender = models.CharField(max_length=20)
    # The same in all parts of one SMS; phones use it again after 256 or 65,536 of them.
    reference = models.PositiveIntegerField()
    total = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    text = models.TextField(blank=True)
    received_at = models.DateTimeField(auto_now_add=True)
    # Once the whole was put together; the text is then kept there only.
    joined_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["sender", "reference"], condition=models.Q(joined_at__isnull=True), name="parts_not_joined")]

    def __str__(self):
        return f"{self.provider_id} {self.number}/{self.total}"
