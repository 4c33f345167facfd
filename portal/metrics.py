"""A few numbers for the people who keep the portal running; nothing about persons.

With several web processes the counters share files in PROMETHEUS_MULTIPROC_DIR, and whichever
process is asked adds them up.
"""

import os

from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

from portal import net
from portal.messaging.models import OutgoingMessage

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
    """How many messages are in which state, read from the database when asked."""

    def collect(self):
        gauge = GaugeMetricFamily("motcua_messages", "Outgoing messages not yet sent, by state", labels=["state"])
        for state in (OutgoingMessage.State.WAITING, OutgoingMessage.State.FAILED):
            gauge.add_metric([state.value], OutgoingMessage.objects.filter(state=state).count())
        yield gauge


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
