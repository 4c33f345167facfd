"""How a provider has been doing; all workers read and write the same rows, so that one finds out for all."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from portal.messaging.models.channel import Channel

MAIL_SERVER = "smtp"
SLOW_IN_A_ROW = 3
LONGEST_PAUSE_SECONDS = 10 * 60
# In one worker's hands to be tried; a worker that dies meanwhile leaves it to the next.
TRIAL_SECONDS = 30


class ProviderHealthQuerySet(models.QuerySet):
    """Each verb takes the row's lock, and weighs what is new against what others found out meanwhile."""

    def away(self, at):
        """Those that are to be left alone until their pause is over."""
        return self.filter(away_until__gt=at)

    def in_use(self):
        """The mail server and the gateways of the settings; rows of former ones stay for the record."""
        return self.filter(name__in=[MAIL_SERVER, *(gateway["NAME"] for gateway in settings.SMS_GATEWAYS)])

    def take_trial(self, name: str, at: datetime) -> bool:
        """A pause is over: whether the caller is the one to try with one message whether the provider is back."""
        trial = self.filter(name=name, away_until__lte=at)
        return bool(trial.update(away_until=at + timedelta(seconds=TRIAL_SECONDS), changed_at=at))

    @transaction.atomic
    def answered(self, name: str, channel: str, *, began: datetime, at: datetime) -> tuple["ProviderHealth", timedelta | None]:
        """A call begun at `began` went well; the row, and how long the provider had been away where this ended it."""
        health = self._held(name, channel)
        if health.away_since and began < health.last_trouble_at:
            return health, None  # asked before others found it away: late news
        was_away = at - health.away_since if health.away_since else None
        health.troubles, health.away_since, health.away_until, health.last_ok_at = 0, None, None, at
        health.save()
        return health, was_away

    @transaction.atomic
    def answered_slowly(self, name: str, channel: str, *, reason: str, began: datetime, at: datetime) -> tuple["ProviderHealth", bool]:
        """It went well and took too long; the row, and whether this made it one to be left alone."""
        health = self._held(name, channel)
        if not health.away_since:
            health.last_ok_at = at
            if health.troubles + 1 < SLOW_IN_A_ROW:
                health.troubles += 1
                health.save()
                return health, False
            health.troubles = 0
        elif began < health.last_trouble_at:
            return health, False
        return health, health.leave_alone(reason, at)

    @transaction.atomic
    def failed(self, name: str, channel: str, *, reason: str, began: datetime, at: datetime, trial: bool) -> tuple["ProviderHealth", bool]:
        """A call begun at `began` found it away; the row, and whether that was news.

        Calls that were under way together are one failure, whoever reports first: only a call begun
        after the pause, or its trial, makes the pause grow. One that began before the provider last
        answered somebody says nothing about now.
        """
        health = self._held(name, channel)
        if health.away_since is None:
            if health.last_ok_at and began < health.last_ok_at:
                return health, False
            health.troubles = 0
        elif began < health.last_trouble_at or not (trial or began >= health.away_until):
            return health, False
        return health, health.leave_alone(reason, at)

    def _held(self, name: str, channel: str) -> "ProviderHealth":
        locked = self.select_for_update().filter(pk=name)
        if health := locked.first():
            return health
        # The first call ever: two workers may be here at once.
        self.bulk_create([self.model(name=name, channel=channel)], ignore_conflicts=True)
        return locked.get()


class ProviderHealth(models.Model):
    """One SMS gateway or the mail server, by its name in the settings."""

    name = models.CharField(_("tên"), max_length=40, primary_key=True)
    channel = models.CharField(_("kênh"), max_length=5, choices=Channel.choices)
    # While it is away, the pauses so far; otherwise the slow answers in a row. 0 while all is well.
    troubles = models.PositiveIntegerField(_("lỗi liên tiếp"), default=0)
    away_since = models.DateTimeField(_("gián đoạn từ"), null=True, blank=True)
    # Not asked before then, while another one can be asked.
    away_until = models.DateTimeField(_("thử lại từ"), null=True, blank=True)
    last_error = models.CharField(_("lỗi gần nhất"), max_length=300, blank=True)
    last_trouble_at = models.DateTimeField(_("lỗi lúc"), null=True, blank=True)
    last_ok_at = models.DateTimeField(_("gửi được gần nhất"), null=True, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = ProviderHealthQuerySet.as_manager()

    class Meta:
        verbose_name = _("nhà cung cấp")
        verbose_name_plural = _("nhà cung cấp")

    def __str__(self):
        return self.name

    def leave_alone(self, reason: str, at: datetime) -> bool:
        """Begin a pause, each twice as long as the one before; True where it was well until now."""
        is_news = self.away_since is None
        self.troubles += 1
        self.away_since = self.away_since or at
        self.away_until = at + pause(self.troubles)
        self.last_error, self.last_trouble_at = reason[:300], at
        self.save()
        return is_news


def pause(troubles: int) -> timedelta:
    """How long a provider is left alone after so many failures in a row: one minute, two, four … ten."""
    first = settings.SMS_GATEWAY_PAUSE_SECONDS
    return timedelta(seconds=min(first * 2 ** min(troubles - 1, 20), max(first, LONGEST_PAUSE_SECONDS)))
