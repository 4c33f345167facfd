"""At which hours an SMS may come that nobody waits for."""

from datetime import datetime, time, timedelta

from django.conf import settings
from django.utils import timezone


def opening(at: datetime) -> datetime:
    """The moment itself by day; by night the next moment at which such an SMS may leave."""
    first, last = settings.SMS_HOURS
    # The clock of the province, whatever time zone this thread has been told to show.
    local = timezone.localtime(at, timezone.get_default_timezone())
    if first <= local.hour < last:
        return at
    day = local.date() if local.hour < first else local.date() + timedelta(days=1)
    return datetime.combine(day, time(first), tzinfo=local.tzinfo)
