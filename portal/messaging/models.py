"""All messages out and in: a row is the promise, delivery is its keeping."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.text import e164, masked_email, masked_phone


class Channel(models.TextChoices):
    EMAIL = "email", _("Thư điện tử")
    SMS = "sms", _("Tin nhắn")


class OutgoingMessageQuerySet(models.QuerySet):
    def due(self, at):
        """Waiting, its time come, and in nobody's hands; a lease that ran out was a worker that died."""
        free = models.Q(leased_until__isnull=True) | models.Q(leased_until__lte=at)
        return self.filter(free, state=OutgoingMessage.State.WAITING, due_at__lte=at)

    def sent_to(self, *recipients):
        """What was sent to any of these addresses, newest first; an empty address is nobody's."""
        return self.filter(recipient__in=[recipient for recipient in recipients if recipient]).order_by("-created_at", "-pk")

    def send_again(self, at):
        """Give failed messages a new start; those whose secret text was wiped cannot have one."""
        failed = self.filter(state=OutgoingMessage.State.FAILED).exclude(secret=True)
        return failed.update(state=OutgoingMessage.State.WAITING, tries=0, due_at=at, give_up_at=None, leased_until=None)


class OutgoingMessage(models.Model):
    """One message to one recipient about one event, written in the transaction of the fact it reports."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Chờ gửi")
        SENT = "sent", _("Đã gửi")
        FAILED = "failed", _("Không gửi được")

    # What it reports, e.g. “dossier:12:receive:45”; a second post of the same fact is one message.
    event = models.CharField(_("sự kiện"), max_length=100)
    kind = models.CharField(_("loại tin"), max_length=40, db_index=True)
    channel = models.CharField(_("kênh"), max_length=5, choices=Channel.choices)
    recipient = models.CharField(_("người nhận"), max_length=254)
    # Which record it is about, e.g. “dossier:12”; a name, because messaging lies below dossiers.
    about = models.CharField(_("về"), max_length=40, blank=True, db_index=True)
    subject = models.CharField(_("tiêu đề"), max_length=200, blank=True)
    body = models.TextField(_("nội dung"), blank=True)
    html = models.TextField(blank=True)
    headers = models.JSONField(default=dict, blank=True)
    # A code or a password: the text is wiped once delivered.
    secret = models.BooleanField(_("có nội dung mật"), default=False)
    # Smaller goes first: codes before notices.
    priority = models.PositiveSmallIntegerField(default=5)
    state = models.CharField(_("trạng thái"), max_length=8, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(_("số lần gửi"), default=0)
    due_at = models.DateTimeField(_("gửi từ"), default=timezone.now)
    # In a worker's hands until then; the lease is committed before the provider is called.
    leased_until = models.DateTimeField(null=True, blank=True)
    # Counted from the first try, so that a message no worker was there to send loses no time.
    give_up_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(_("lỗi gần nhất"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("tạo lúc"), auto_now_add=True)
    sent_at = models.DateTimeField(_("gửi lúc"), null=True, blank=True)

    objects = OutgoingMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("tin gửi đi")
        verbose_name_plural = _("tin gửi đi")
        constraints = [
            models.UniqueConstraint(fields=["event", "channel", "recipient"], name="one_message_per_event_channel_recipient"),
        ]
        indexes = [
            models.Index(fields=["priority", "due_at", "id"], condition=models.Q(state="waiting"), name="messages_waiting"),
            models.Index(fields=["recipient", "-created_at"], name="messages_of_a_recipient"),
        ]

    def __str__(self):
        return f"{self.kind} {self.channel}"

    @property
    def masked_recipient(self):
        return masked_phone(self.recipient) if self.channel == Channel.SMS else masked_email(self.recipient)


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
