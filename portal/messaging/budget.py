"""How many SMS the province pays for in a day; a flood at one door must not silence the others."""

import logging

from django.conf import settings
from django.utils import timezone

from portal import throttle

logger = logging.getLogger(__name__)

DAY = 86400
ALARM_AT = 0.8


class Spent(throttle.TooMany):
    """Today's share is used up; tomorrow there is a new one."""


def spend(*, reserved: bool) -> None:
    """Count one SMS of today; raises Spent.

    `reserved`: for signing in or recovery, which may use all of the budget. Everything else gets half of it.
    A budget of 0 is none.
    """
    most = settings.SMS_DAILY_BUDGET
    if not most:
        return
    today = f"{timezone.localdate():%Y%m%d}"
    if not reserved and throttle.count("sms-budget-open", today, seconds=DAY) > most // 2:
        logger.error("SMS budget: the half of today's %s that sign-up may use is spent", most)
        raise Spent(_seconds_to_midnight())
    spent = throttle.count("sms-budget", today, seconds=DAY)
    if spent == int(most * ALARM_AT):
        logger.error("SMS budget: %s of today's %s are spent", spent, most)
    if spent > most:
        logger.error("SMS budget: all of today's %s are spent", most)
        raise Spent(_seconds_to_midnight())


def refuse(*, reserved: bool) -> None:
    """Raise Spent where an SMS would find the budget used up; counts nothing."""
    most, today = settings.SMS_DAILY_BUDGET, f"{timezone.localdate():%Y%m%d}"
    if most and (throttle.used("sms-budget", today) >= most or (not reserved and throttle.used("sms-budget-open", today) >= most // 2)):
        raise Spent(_seconds_to_midnight())


def give_back(*, reserved: bool) -> None:
    """Take one SMS back that was counted and is not sent."""
    if not settings.SMS_DAILY_BUDGET:
        return
    today = f"{timezone.localdate():%Y%m%d}"
    throttle.give_back("sms-budget", today)
    if not reserved:
        throttle.give_back("sms-budget-open", today)


def _seconds_to_midnight() -> int:
    now = timezone.localtime()
    return DAY - (now.hour * 3600 + now.minute * 60 + now.second)
