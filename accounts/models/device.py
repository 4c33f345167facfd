"""The phone that gets one-time codes: each for one purpose and one browser session."""

import uuid

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_otp.models import CooldownMixin, SideChannelDevice, ThrottlingMixin, TimestampMixin

from portal import throttle
from portal.messaging import budget, outbox
from portal.text import masked_phone


class SmsDevice(TimestampMixin, CooldownMixin, ThrottlingMixin, SideChannelDevice):
    """A phone that receives one-time codes, each for one purpose.

    Whoever verifies holds the row's lock (`Device.from_persistent_id(…, for_verify=True)` in a
    transaction), so that guesses made at the same moment stand in a queue and each is counted.
    """

    class Purpose(models.TextChoices):
        SIGN_IN = "sign-in", _("đăng nhập")
        SIGN_UP = "sign-up", _("đăng ký")
        RECOVERY = "recovery", _("đặt lại mật khẩu")
        PHONE = "phone", _("đổi số điện thoại")
        DISPUTE = "dispute", _("khiếu nại")

    # What a stranger may start who knows no more than somebody's number.
    OPEN_TO_STRANGERS = (Purpose.SIGN_UP, Purpose.RECOVERY, Purpose.DISPUTE)
    BUDGETS = {Purpose.SIGN_IN: budget.SIGN_IN, Purpose.RECOVERY: budget.RECOVERY}

    phone = models.CharField(_("số điện thoại"), max_length=16)
    purpose = models.CharField(_("dùng để"), max_length=12, choices=Purpose.choices, default=Purpose.SIGN_IN)
    # The browser session that asked for the code: in another one it opens nothing. Empty for officials' devices.
    session = models.CharField(max_length=32, blank=True)
    # Guesses at the living code; the back-off of the mixin alone would never end them.
    tries = models.PositiveSmallIntegerField(_("số lần thử mã hiện tại"), default=0)

    class Meta:
        verbose_name = _("điện thoại nhận mã")
        verbose_name_plural = _("điện thoại nhận mã")
        constraints = [models.UniqueConstraint(fields=["user", "purpose", "session"], name="one_sms_device_per_purpose_and_session")]

    def __str__(self):
        return masked_phone(self.phone)

    def get_throttle_factor(self):
        return 1

    def get_cooldown_duration(self):
        return settings.OTP_RESEND_SECONDS

    @property
    def code_lives(self):
        return bool(self.token) and self.valid_until > timezone.now() and self.tries < settings.OTP_TRIES

    @property
    def tries_left(self):
        return max(settings.OTP_TRIES - self.tries, 0) if self.code_lives else 0

    @property
    def seconds_to_resend(self):
        """How long until a code may be asked for again."""
        if not self.last_generated_timestamp:
            return 0
        since = (timezone.now() - self.last_generated_timestamp).total_seconds()
        return max(int(self.get_cooldown_duration() - since) + 1, 0)

    @transaction.atomic
    def generate_challenge(self):
        """Send a code; while one lives it is the same again. Returns a sentence for the page."""
        # Two clicks at once must not make two codes: the second waits here and meets the cooldown.
        self.refresh_from_db(from_queryset=type(self).objects.select_for_update())
        allowed, _reason = self.generate_is_allowed()
        if not allowed:
            return gettext("Ông/Bà vừa yêu cầu mã. Chờ {n} giây rồi nhấn lại.").format(n=self.seconds_to_resend)
        throttle.check("otp-send", f"{self.purpose}:{self.phone}", limit=settings.OTP_SENDS_PER_HOUR, seconds=3600)
        budget.spend(self.BUDGETS.get(self.purpose, budget.OTHERS))
        # A code about to end would reach the phone dead.
        if not self.code_lives or self._seconds_left() < 60:
            self.generate_token(length=settings.OTP_DIGITS, valid_secs=settings.OTP_VALID_SECONDS, commit=False)
            self.tries = 0
            self.throttle_reset(commit=False)
        self.cooldown_set(commit=False)
        self.save()
        outbox.post(
            event=f"otp:{self.pk}:{uuid.uuid4().hex}",
            kind="otp",
            channel="sms",
            to=self.phone,
            template="accounts/otp_recovery" if self.purpose == self.Purpose.RECOVERY else "accounts/otp",
            context={"code": self.token, "minutes": max(round(self._seconds_left() / 60), 1)},
            about=f"account:{self.user_id}",
            secret=True,
            urgent=True,
            first=self.purpose == self.Purpose.SIGN_IN,
            expires_at=self.valid_until,
        )
        return gettext("Mã OTP {digits} chữ số đã gửi tới {phone}.").format(digits=settings.OTP_DIGITS, phone=masked_phone(self.phone))

    def _seconds_left(self):
        return (self.valid_until - timezone.now()).total_seconds()

    def verify_is_allowed(self):
        """Whether a guess is worth typing, and the reason in words where it is not."""
        if any(throttle.used(scope, key) >= most for scope, key, most in self._hourly_caps()):
            return False, {"error_message": gettext("Đã nhập sai nhiều lần. Thử lại sau một giờ.")}
        return self._may_compare()

    def _may_compare(self):
        if not self.code_lives:
            return False, {"error_message": gettext("Mã đã hết hạn. Nhấn “Gửi lại OTP” để nhận mã mới.")}
        return super().verify_is_allowed()

    def verify_token(self, token):
        """Whether `token` is the living code, which then ends. Every other guess counts, compared or not.

        Counted before it is compared, so that guesses from many sessions at once cannot slip past the hourly caps.
        """
        # The strangers' caps come first: a guess beyond them is none of the account's, or it would use up the owner's.
        counted = all(throttle.count(scope, key, seconds=3600) <= most for scope, key, most in self._hourly_caps())
        allowed = counted and self._may_compare()[0]
        if allowed and constant_time_compare(token, self.token) and super().verify_token(token):
            for scope, key, _most in self._hourly_caps():
                throttle.give_back(scope, key)
            self.tries = 0
            self.throttle_reset(commit=False)
            self.set_last_used_timestamp(commit=False)
            self.save()
            return True
        self.tries = min(self.tries + 1, settings.OTP_TRIES)
        if allowed:
            self.throttle_increment(commit=False)
        self.save()
        return False

    def _hourly_caps(self):
        """Half of the account's for what strangers may start, so that they cannot use up the owner's; and one for the account."""
        half = max(settings.OTP_WRONG_PER_HOUR // 2, 1)
        if self.purpose in (self.Purpose.SIGN_UP, self.Purpose.DISPUTE):
            # Each sign-up and each claim is an account of its own: guesses at somebody's phone are counted across all of them.
            yield "otp-wrong-for-number", self.phone, half
        if self.purpose in self.OPEN_TO_STRANGERS:
            yield "otp-wrong-by-strangers", str(self.user_id), half
        yield "otp-wrong", str(self.user_id), settings.OTP_WRONG_PER_HOUR
