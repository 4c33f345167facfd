"""By which gateway an SMS leaves."""

from django.conf import settings
from django.utils.module_loading import import_string

from portal.messaging.gateways import SmsGateway


def send(row) -> str:
    """Hand one SMS over; the name of the gateway that took it. Raises GatewayError where none did."""
    chosen = settings.SMS_GATEWAYS[0]
    _gateway(chosen).send(to=row.recipient, text=row.body, reference=str(row.pk))
    return chosen["NAME"]


def _gateway(chosen: dict) -> SmsGateway:
    return import_string(chosen["BACKEND"])(**chosen.get("OPTIONS", {}))
