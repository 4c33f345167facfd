"""How many SMS the province pays for in a day; a flood at one door must not silence the others."""

import logging

from django.conf import settings
from django.utils import timezone

from portal import throttle

logger = logging.getLogger(__name__)

DAY = 86400
ALARM_AT = 0.8
# For what a code is sent.
SIGN_IN, RECOVERY, OTHERS = "sign-in", "recovery", "everything else"
ALL = "sms-budget"


class Spent(throttle.TooMany):
    """Today's share is used up; tomorrow there is a new one."""


def spend(door: str) -> None:
    """Count one SMS of today; raises Spent.

    Signing in may use all of the budget, recovery three quarters of it with what comes before, everything
    else half: whoever knows no password cannot silence those who do. A budget of 0 is none.
    """
    most, today = settings.SMS_DAILY_BUDGET, _today()
    for scope, share in _shares(door, most):
        spent = throttle.count(scope, today, seconds=DAY)
        if scope == ALL and spent == int(most * ALARM_AT):
            logger.error("SMS budget: %s of today's %s are spent", spent, most)
        if spent > share:
            logger.error("SMS budget: the %s of today's %s that %s may use are spent", share, most, door)
            raise Spent(_seconds_to_midnight())


def refuse(door: str) -> None:
    """Raise Spent where an SMS would find its share used up; counts nothing."""
    if any(throttle.used(scope, _today()) >= share for scope, share in _shares(door, settings.SMS_DAILY_BUDGET)):
        raise Spent(_seconds_to_midnight())


def give_back(door: str) -> None:
    """Take one SMS back that was counted and is not sent."""
    for scope, _share in _shares(door, settings.SMS_DAILY_BUDGET):
        throttle.give_back(scope, _today())


def _shares(door: str, most: int):
    """What one SMS of this door is counted under, the narrowest first, and up to where."""
    if most and door == OTHERS:
        yield "sms-budget-open", most // 2
    if most and door != SIGN_IN:
        yield "sms-budget-strangers", most - most // 4
    if most:
        yield ALL, most


def _today() -> str:
    return f"{timezone.localdate():%Y%m%d}"


def _seconds_to_midnight() -> int:
    now = timezone.localtime()
    return DAY - (now.hour * 3600 + now.minute * 60 + now.second)
