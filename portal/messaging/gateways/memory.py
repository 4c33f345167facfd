"""The way out of a unit test."""

from portal.messaging.errors import GatewayError
from portal.messaging.gateways.base import SmsGateway


class MemoryGateway(SmsGateway):
    """For tests: what was sent lies in `sent`, and `fail_with` is raised instead of sending."""

    sent: list[dict] = []
    fail_with: GatewayError | None = None

    def send(self, *, to, text, reference, report_url=""):
        if self.fail_with:
            raise self.fail_with
        self.sent.append({"to": to, "text": text, "reference": reference})
