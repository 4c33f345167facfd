"""A message to somebody: the row is the promise, delivery is its keeping."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.messaging.models.channel import Channel
from portal.text import masked_email, masked_phone

# What stands in place of the address once whom it belonged to has closed the account.
FORGOTTEN = "xoa:"


class OutgoingMessageQuerySet(models.QuerySet):
    def free(self, at):
        """Waiting, and in nobody's hands; a lease that ran out was a worker that died."""
        free = models.Q(leased_until__isnull=True) | models.Q(leased_until__lte=at)
        return self.filter(free, state=OutgoingMessage.State.WAITING)

    def due(self, at):
        """Free, its time come, and not yet over."""
        in_time = models.Q(expires_at__isnull=True) | models.Q(expires_at__gt=at)
        return self.free(at).filter(in_time, due_at__lte=at)

    def overdue(self, at):
        """Due so long that something stands still; what waits for the morning or for its next try is not due."""
        return self.due(at).filter(due_at__lte=at - timedelta(seconds=settings.READY_MESSAGE_AGE_SECONDS))

    def expire(self, at):
        """End what waited longer than it is of use; its text goes, so that it cannot be sent after all."""
        over = self.free(at).filter(expires_at__lte=at)
        return over.update(state=OutgoingMessage.State.EXPIRED, failed_at=at, leased_until=None, body="", html="")

    def to_send_again(self, at):
        """Those that never arrived and still have a text: given up, or taken by the provider and not delivered.

        A code or a password was wiped with the failure, an old text by age; what is of no use any more stays unsent.
        """
        state, report = OutgoingMessage.State, OutgoingMessage.Report
        lost = models.Q(state=state.FAILED) | models.Q(state=state.SENT, report=report.UNDELIVERED)
        in_time = models.Q(expires_at__isnull=True) | models.Q(expires_at__gt=at)
        return self.filter(lost, in_time, secret=False).exclude(body="")

    def send_again(self, at):
        """Give them a new start, as if they had just been posted; how many there were."""
        return self.to_send_again(at).update(
            state=OutgoingMessage.State.WAITING, tries=0, due_at=at, give_up_at=None, leased_until=None,
            sent_at=None, failed_at=None, report="", reported_at=None, provider="", sending=models.F("sending") + 1,
        )  # fmt: skip


class OutgoingMessage(models.Model):
    """One message to one recipient about one event, written in the transaction of the fact it reports."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Chờ gửi")
        SENT = "sent", _("Đã gửi")
        FAILED = "failed", _("Không gửi được")
        # Of no use any more when its turn came: a code whose five minutes were over.
        EXPIRED = "expired", _("Hết hạn trước khi gửi")

    class Report(models.TextChoices):
        """What the provider reported after it had taken the message."""

        NONE = "", _("Chưa có báo cáo")
        ON_ITS_WAY = "on-way", _("Đang chuyển")
        DELIVERED = "delivered", _("Đã đến máy")
        UNDELIVERED = "undelivered", _("Không đến máy")

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
    # Goes out at night too: somebody waits for it. Concerns SMS only.
    any_hour = models.BooleanField(default=False)
    state = models.CharField(_("trạng thái"), max_length=8, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(_("số lần gửi"), default=0)
    due_at = models.DateTimeField(_("gửi từ"), default=timezone.now)
    # In a worker's hands until then; the lease is committed before the provider is called.
    leased_until = models.DateTimeField(null=True, blank=True)
    # Counted from the first try, so that a message no worker was there to send loses no time.
    give_up_at = models.DateTimeField(null=True, blank=True)
    # Later than this it must not be sent at all.
    expires_at = models.DateTimeField(_("chỉ gửi trước"), null=True, blank=True)
    last_error = models.CharField(_("lỗi gần nhất"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("tạo lúc"), auto_now_add=True)
    sent_at = models.DateTimeField(_("gửi lúc"), null=True, blank=True)
    failed_at = models.DateTimeField(_("thôi gửi lúc"), null=True, blank=True)
    # The first sending, the second …: a new one when officials send it again. Tries are of one sending.
    sending = models.PositiveSmallIntegerField(default=1)
    # The gateway that took it, by its name in the settings.
    provider = models.CharField(_("nhà cung cấp"), max_length=40, blank=True)
    report = models.CharField(_("báo cáo"), max_length=11, choices=Report.choices, blank=True)
    reported_at = models.DateTimeField(_("báo cáo lúc"), null=True, blank=True)
    # Its recipient has closed the account: once it is no longer on its way, nothing of them stays.
    forget = models.BooleanField(default=False)

    objects = OutgoingMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("tin gửi đi")
        verbose_name_plural = _("tin gửi đi")
        # For whoever keeps the sending running; an agency's officials see what concerns their own dossiers.
        permissions = [("operate_messages", "Vận hành việc gửi tin: xem tin của mọi cơ quan")]
        constraints = [
            models.UniqueConstraint(fields=["event", "channel", "recipient"], name="one_message_per_event_channel_recipient"),
        ]
        indexes = [
            models.Index(fields=["priority", "due_at", "id"], condition=models.Q(state="waiting"), name="messages_waiting"),
            # Read at the beginning of each run, beside a night's hundred thousand notices that expire never.
            models.Index(fields=["expires_at"], condition=models.Q(state="waiting", expires_at__isnull=False), name="messages_that_expire"),
            models.Index(fields=["recipient", "-created_at"], name="messages_of_a_recipient"),
            models.Index(fields=["sent_at"], condition=models.Q(state="sent"), name="messages_sent_by_time"),
            models.Index(fields=["failed_at"], condition=models.Q(state__in=["failed", "expired"]), name="messages_failed_by_time"),
            models.Index(fields=["id"], condition=models.Q(forget=True), name="messages_to_forget"),
        ]

    def __str__(self):
        return f"{self.kind} {self.channel}"

    @property
    def by_day_only(self):
        return self.channel == Channel.SMS and not self.any_hour

    @property
    def masked_recipient(self):
        if self.recipient.startswith(FORGOTTEN):
            return _("(đã xóa)")
        return masked_phone(self.recipient) if self.channel == Channel.SMS else masked_email(self.recipient)
