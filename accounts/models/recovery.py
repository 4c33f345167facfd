"""Somebody forgot a password and asks for a code by SMS."""

import math
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.device import SmsDevice


class Recovery(models.Model):
    """One way back into an account, walked in one browser session: code asked for, code typed, password chosen.

    Every name that is typed gets such a row, and all that the pages say is read from it alone: how long
    to wait, how many tries are left. So the answers to a name without an account are those to a name
    with one. Whether a code is right only the device knows, and a name without one has none.
    """

    key = models.CharField(max_length=32, unique=True)
    # A digest of what was typed: under it sendings and wrong codes are counted.
    name = models.CharField(max_length=64)
    device = models.OneToOneField(SmsDevice, models.SET_NULL, null=True, related_name="recovery")
    asked_at = models.DateTimeField(_("yêu cầu lúc"), default=timezone.now, db_index=True)
    sent_at = models.DateTimeField(null=True)
    valid_until = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    wrong_at = models.DateTimeField(null=True)
    proven_at = models.DateTimeField(_("nhập đúng mã lúc"), null=True)
    used_at = models.DateTimeField(_("đặt mật khẩu lúc"), null=True)

    # The page must not tell whether there is a phone, so it cannot show one.
    phone = ""

    class Meta:
        verbose_name = _("lần đặt lại mật khẩu")
        verbose_name_plural = _("lần đặt lại mật khẩu")

    def __str__(self):
        return f"{self.asked_at:%d/%m/%Y %H:%M}"

    @property
    def code_lives(self):
        return self.seconds_left > 0 and self.tries < settings.OTP_TRIES

    @property
    def seconds_left(self):
        return (self.valid_until - timezone.now()).total_seconds() if self.valid_until else 0

    @property
    def tries_left(self):
        return max(settings.OTP_TRIES - self.tries, 0)

    @property
    def seconds_to_resend(self):
        """How long until a code may be asked for again."""
        return self._seconds_to(self.sent_at, settings.OTP_RESEND_SECONDS)

    @property
    def seconds_to_guess(self):
        """The device takes a guess only so long after a wrong one: 1, 2, 4, 8 seconds."""
        return self._seconds_to(self.wrong_at, 2 ** (self.tries - 1)) if self.tries else 0

    @staticmethod
    def _seconds_to(since, wait):
        """Whole seconds, rounded up; 0 where the wait is over."""
        return max(math.ceil(wait - (timezone.now() - since).total_seconds()), 0) if since else 0

    @property
    def opens(self):
        """Whether a password may be chosen now: the code was right a short while ago, and none was chosen since."""
        if self.proven_at is None or self.used_at is not None or self.device is None:
            return False
        return (timezone.now() - self.proven_at).total_seconds() < 60 * settings.RECOVERY_MINUTES

    def sent(self):
        """A code goes out, if there is a phone: while one lives it is the same again, unless it is about to end."""
        if not self.code_lives or self.seconds_left < 60:
            self.valid_until = timezone.now() + timedelta(seconds=settings.OTP_VALID_SECONDS)
            self.tries, self.wrong_at = 0, None
        self.sent_at = timezone.now()
        self.save()
