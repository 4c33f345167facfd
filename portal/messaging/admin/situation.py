"""How the sending goes at this moment. Each function is one query, whatever the table holds."""

import datetime
from typing import NamedTuple

from django.conf import settings
from django.db.models import Count, Min, Q
from django.db.models.functions import TruncHour
from django.utils import timezone

from portal.messaging.models import Channel, OutgoingMessage, ProviderHealth
from portal.messaging.models.provider import MAIL_SERVER
from portal.messaging.outbox import NORMAL

HOURS = 24
CHANNELS = (Channel.SMS, Channel.EMAIL)

State, Report = OutgoingMessage.State, OutgoingMessage.Report


class Waiting(NamedTuple):
    """What waits on one channel, urgent or not."""

    channel: str
    urgent: bool
    due: int = 0
    next_try: int = 0
    morning: int = 0
    # Since when the one has been due that nobody took in hand.
    oldest: datetime.datetime | None = None

    def __add__(self, more):
        moments = [moment for moment in (self.oldest, more.oldest) if moment]
        numbers = (self.due + more.due, self.next_try + more.next_try, self.morning + more.morning)
        return Waiting(self.channel, self.urgent, *numbers, min(moments, default=None))


def queue(at) -> list[Waiting]:
    """What waits: due now, for its next try, or for the morning, as SMS that are not urgent do at night."""
    free = Q(leased_until__isnull=True) | Q(leased_until__lte=at)
    due, later = Q(due_at__lte=at), Q(due_at__gt=at)
    rows = OutgoingMessage.objects.filter(state=State.WAITING).values("channel", "priority")
    rows = rows.annotate(
        now=Count("pk", filter=due),
        next_try=Count("pk", filter=later & Q(tries__gt=0)),
        morning=Count("pk", filter=later & Q(tries=0)),
        oldest=Min("due_at", filter=due & free),
    )
    found = {(channel, urgent): Waiting(channel, urgent) for channel in CHANNELS for urgent in (True, False)}
    for row in rows.order_by():
        key = (row["channel"], row["priority"] < NORMAL)
        found[key] += Waiting(*key, row["now"], row["next_try"], row["morning"], row["oldest"])
    return list(found.values())


class Hour(NamedTuple):
    """What left and what did not within one hour of the day, on one channel."""

    begins: datetime.datetime
    sent: int = 0
    failed: int = 0
    expired: int = 0


def first_hour(at) -> datetime.datetime:
    return timezone.localtime(at).replace(minute=0, second=0, microsecond=0) - datetime.timedelta(hours=HOURS - 1)


def last_day(at) -> dict[str, list[Hour]]:
    """Hour by hour for each channel, the present hour last. Two queries, each over an index of its own."""
    begin = first_hour(at)
    hours = [begin + datetime.timedelta(hours=n) for n in range(HOURS)]
    numbers = {(channel, hour): {} for channel in CHANNELS for hour in hours}
    sent = OutgoingMessage.objects.filter(state=State.SENT, sent_at__gte=begin).annotate(hour=TruncHour("sent_at"))
    ended = OutgoingMessage.objects.filter(state__in=[State.FAILED, State.EXPIRED], failed_at__gte=begin).annotate(
        hour=TruncHour("failed_at")
    )
    for rows in (sent, ended):
        for row in rows.values("channel", "hour", "state").annotate(number=Count("pk")).order_by():
            # A message of the coming hour: this machine's clock is behind.
            if (key := (row["channel"], row["hour"])) in numbers:
                numbers[key][row["state"]] = row["number"]
    return {channel: [Hour(hour, **numbers[channel, hour]) for hour in hours] for channel in CHANNELS}


def reports(at) -> dict[str, int]:
    """What the providers reported of the SMS of today: how many of each kind of report."""
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    today = OutgoingMessage.objects.filter(state=State.SENT, sent_at__gte=midnight, channel=Channel.SMS)
    numbers = dict(today.values_list("report").annotate(number=Count("pk")).order_by())
    return {report: numbers.get(report, 0) for report in Report.values}


def providers() -> list[ProviderHealth]:
    """All gateways of the settings in their order, then the mail server; one that was never used has a row of its own making."""
    known = {health.name: health for health in ProviderHealth.objects.in_use()}
    gateways = [
        known.get(gateway["NAME"]) or ProviderHealth(name=gateway["NAME"], channel=Channel.SMS) for gateway in settings.SMS_GATEWAYS
    ]
    return [*gateways, known.get(MAIL_SERVER) or ProviderHealth(name=MAIL_SERVER, channel=Channel.EMAIL)]


def try_now(name: str, at) -> int | None:
    """End a provider's pause and have what it put off tried at once; how many, or None where there was no pause."""
    pause = ProviderHealth.objects.in_use().away(at).filter(pk=name)
    channel = pause.values_list("channel", flat=True).first()
    if channel is None or not pause.update(away_until=at):
        return None
    put_off = OutgoingMessage.objects.filter(state=State.WAITING, channel=channel, tries__gt=0, due_at__gt=at, leased_until__isnull=True)
    return put_off.update(due_at=at)


def failed(at):
    """What was given up and can be sent again, by when it was given up."""
    return OutgoingMessage.objects.filter(state=State.FAILED).to_send_again(at)
