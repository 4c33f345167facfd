"""The way out of a demo: nowhere."""

import logging

from django.conf import settings

from portal.messaging.errors import GatewayError
from portal.messaging.gateways.base import SmsGateway

logger = logging.getLogger(__name__)


class ConsoleGateway(SmsGateway):
    """Sends nothing: the development inbox holds the text, the log only says that one went."""

    def send(self, *, to, text, reference, report_url=""):
        if not (settings.DEMO or settings.DEBUG):
            raise GatewayError("SMS_GATEWAY_URL is not set: no SMS can leave", away=True)
        logger.info("SMS %s of %d letters kept in the development inbox", reference, len(text))
