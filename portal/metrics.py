"""A few numbers for the people who keep the portal running; nothing about persons.

With several web processes the counters share files in PROMETHEUS_MULTIPROC_DIR, and whichever
process is asked adds them up.
"""

import itertools
import os
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.db.models import Count, Min
from django.http import Http404, HttpResponse
from django.utils import timezone
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from portal import net
from portal.messaging import budget
from portal.messaging.models import Channel, OutgoingMessage, ProviderHealth
from portal.messaging.models.provider import MAIL_SERVER
from portal.messaging.outbox import URGENT

State = OutgoingMessage.State
REQUESTS = Counter("motcua_requests_total", "Requests answered", ["view", "status"])


class MetricsMiddleware:
    """Counts each answer under the name of its view, so that addresses with codes in them do not multiply."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        match = request.resolver_match
        REQUESTS.labels(match.view_name if match else "none", response.status_code).inc()
        return response


class MessagesCollector:
    """How the outbox is doing, read from the database when asked; what is counted is bounded by an index."""

    def collect(self):
        now = timezone.now()
        yield self._waiting()
        yield self._oldest(now)
        yield self._ended(now)
        yield self._failed()
        yield from self._budget()
        yield self._providers()

    def _waiting(self):
        gauge = GaugeMetricFamily("motcua_messages_waiting", "Messages not yet sent, due or not", labels=["channel", "urgency"])
        waiting = OutgoingMessage.objects.filter(state=State.WAITING)
        found = dict.fromkeys(itertools.product(Channel.values, ("urgent", "notice")), 0)
        for channel, priority, number in waiting.values_list("channel", "priority").annotate(Count("pk")).order_by():
            found[channel, "urgent" if priority <= URGENT else "notice"] += number
        return _filled(gauge, found)

    def _oldest(self, now):
        gauge = GaugeMetricFamily("motcua_messages_oldest_due_seconds", "Since when the oldest message is due", labels=["channel"])
        oldest = dict(OutgoingMessage.objects.due(now).values_list("channel").annotate(Min("due_at")).order_by())
        ages = {(channel,): (now - oldest.get(channel, now)).total_seconds() for channel in Channel.values}
        return _filled(gauge, ages)

    def _ended(self, now):
        gauge = GaugeMetricFamily(
            "motcua_messages_ended_last_hour", "What became of messages within the last hour", labels=["channel", "outcome"]
        )
        found = dict.fromkeys(itertools.product(Channel.values, (State.SENT, State.FAILED, State.EXPIRED)), 0)
        hour = now - timedelta(hours=1)
        left = OutgoingMessage.objects.filter(state=State.SENT, sent_at__gt=hour)
        given_up = OutgoingMessage.objects.filter(state__in=[State.FAILED, State.EXPIRED], failed_at__gt=hour)
        for rows in (left, given_up):
            found |= {
                (channel, state): number for channel, state, number in rows.values_list("channel", "state").annotate(Count("pk")).order_by()
            }
        return _filled(gauge, found)

    def _failed(self):
        """Those an official may send again."""
        number = OutgoingMessage.objects.filter(state=State.FAILED).count()
        return GaugeMetricFamily("motcua_messages_failed", "Messages given up, however long ago", value=number)

    def _budget(self):
        spent, most = budget.today()
        yield GaugeMetricFamily("motcua_sms_spent_today", "SMS counted in the budget of today", value=spent)
        yield GaugeMetricFamily("motcua_sms_budget", "SMS the province pays for in a day; 0: no limit", value=most)

    def _providers(self):
        gauge = GaugeMetricFamily("motcua_provider_up", "1 unless the provider is being left alone", labels=["provider", "channel"])
        away = set(ProviderHealth.objects.in_use().filter(away_since__isnull=False).values_list("name", flat=True))
        in_use = [(gateway["NAME"], Channel.SMS) for gateway in settings.SMS_GATEWAYS] + [(MAIL_SERVER, Channel.EMAIL)]
        return _filled(gauge, {(name, channel): name not in away for name, channel in in_use})


def _filled(gauge, values: dict):
    for labels, value in values.items():
        gauge.add_metric([str(label) for label in labels], float(value))
    return gauge


@transaction.non_atomic_requests
@login_not_required
def metrics(request):
    if not net.is_internal(request):
        raise Http404
    registry = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(registry)
    else:
        registry.register(REGISTRY)
    registry.register(MessagesCollector())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
