"""How many SMS the province pays for in a day; a flood at one door must not silence the others.

Codes are counted when they are asked for, so that whoever asks is told; notices and answers when they
are first handed over. Who may use how much stands in docs/security.md.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from portal import throttle
from portal.messaging.models import Channel

logger = logging.getLogger(__name__)

DAY = 86400
ALARM_AT = 0.8
# For what an SMS is sent.
SIGN_IN, RECOVERY, OTHERS = "sign-in", "recovery", "everything else"
NOTICES, ANSWERS = "notices", "answers"
ALL, STRANGERS, OPEN = "sms-budget", "sms-budget-strangers", "sms-budget-open"
COUNTED_WHEN_ASKED = ("otp",)
KINDS_OF_ANSWERS = ("sms_answer", "sms_help")


class Spent(throttle.TooMany):
    """Today's share is used up; tomorrow there is a new one."""


def spend(door: str) -> None:
    """Count one SMS of today; raises Spent, and then counts nothing. A budget of 0 is none."""
    most, today = settings.SMS_DAILY_BUDGET, _today()
    counted = []
    for scope, share in _shares(door, most):
        spent = throttle.count(scope, today, seconds=DAY)
        counted.append(scope)
        if spent > share:
            # What is held back every minute must not use up what is left for the others.
            for taken in counted:
                throttle.give_back(taken, today)
            raise Spent(_seconds_to_midnight())
        if scope == ALL and spent == int(most * ALARM_AT):
            logger.error("SMS budget: %s of today's %s are spent", spent, most)
        if spent == share:
            logger.error("SMS budget: the %s of today's %s that %s may use are spent", share, most, door)


def refuse(door: str) -> None:
    """Raise Spent where an SMS would find its share used up; counts nothing."""
    if any(throttle.used(scope, _today()) >= share for scope, share in _shares(door, settings.SMS_DAILY_BUDGET)):
        raise Spent(_seconds_to_midnight())


def give_back(door: str) -> None:
    """Take one SMS back that was counted and is not sent."""
    for scope, _share in _shares(door, settings.SMS_DAILY_BUDGET):
        throttle.give_back(scope, _today())


def let_through(row) -> bool:
    """Count a message that is about to be handed over for the first time; False where its share is used up."""
    if row.channel != Channel.SMS or row.kind in COUNTED_WHEN_ASKED or row.tries > 1:
        return True
    try:
        spend(ANSWERS if row.kind in KINDS_OF_ANSWERS else NOTICES)
    except Spent:
        return False
    return True


def renewed_at(at: datetime) -> datetime:
    """When there is a new budget."""
    return timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def today() -> tuple[int, int]:
    """How many SMS were spent today, and how many there are; 0: as many as you like."""
    return throttle.used(ALL, _today()), settings.SMS_DAILY_BUDGET


def reached() -> list[str]:
    """Which marks today has passed: “80” (of a hundred), and the shares that are used up."""
    spent, most = today()
    if not most:
        return []
    marks = ["80"] if spent >= int(most * ALARM_AT) else []
    for name, door in (("open", OTHERS), ("strangers", RECOVERY), ("notices", NOTICES), ("all", SIGN_IN)):
        scope, share = next(_shares(door, most))
        if throttle.used(scope, _today()) >= share:
            marks.append(name)
    return marks


def _shares(door: str, most: int):
    """What one SMS of this door is counted under, the narrowest first, and up to where.

    What a stranger can start stops at half of the day, together with recovery at three quarters.
    Notices can wait for tomorrow, so they leave the last eighth to codes, which cannot; as strangers
    stop before, an eighth is left to notices whatever the flood. Signing in may use all.
    """
    if not most:
        return
    if door in (OTHERS, ANSWERS):
        yield OPEN, most // 2
    if door in (OTHERS, ANSWERS, RECOVERY):
        yield STRANGERS, most - most // 4
    yield ALL, most - most // 8 if door == NOTICES else most


def _today() -> str:
    return f"{timezone.localdate():%Y%m%d}"


def _seconds_to_midnight() -> int:
    now = timezone.localtime()
    return DAY - (now.hour * 3600 + now.minute * 60 + now.second)
