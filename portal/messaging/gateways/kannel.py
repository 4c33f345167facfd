"""Kannel's `sendsms`."""

import urllib.error
import urllib.parse
import urllib.request
from http import HTTPStatus
from http.client import HTTPException

from django.conf import settings

from portal.messaging.errors import GatewayError
from portal.messaging.gateways.base import SmsGateway


class KannelGateway(SmsGateway):
    """The `sendsms` interface of Kannel, which several Vietnamese providers also speak."""

    TIMEOUT_SECONDS = 10
    ACCEPTED = ("0:", "3:")  # “0: Accepted for delivery”, “3: Queued for later delivery”
    LONGEST_ANSWER = 2000

    def __init__(self, *, url: str, user: str = "", password: str = "", timeout: float = TIMEOUT_SECONDS):
        self.url, self.user, self.password, self.timeout = url, user, password, timeout

    def send(self, *, to, text, reference, report_url=""):
        status, answer = self._ask(self._query(to, text))
        if status == HTTPStatus.ACCEPTED or answer.startswith(self.ACCEPTED):
            return
        throttled = status in (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS)
        # A refused password is the operator's mistake, not the message's: it waits until mended.
        unauthorised = status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.PROXY_AUTHENTICATION_REQUIRED)
        permanent = 400 <= status < 500 and not throttled and not unauthorised
        raise GatewayError(f"{status} {answer}", permanent=permanent, away=not permanent)

    def _query(self, to: str, text: str) -> str:
        fields = {
            "username": self.user,
            "password": self.password,
            "from": settings.SMS_SENDER,
            "to": to,
            "text": text,
            "charset": "UTF-8",
            "coding": "0",  # GSM-7: every text was made to fit, and 160 letters go in one part
        }
        return urllib.parse.urlencode(fields)

    def _ask(self, query: str) -> tuple[int, str]:
        separator = "&" if "?" in self.url else "?"
        try:
            with urllib.request.urlopen(self.url + separator + query, timeout=self.timeout) as response:  # noqa: S310 - scheme checked above
                return response.status, response.read(self.LONGEST_ANSWER).decode("utf-8", "replace").strip()
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, refusal.read(self.LONGEST_ANSWER).decode("utf-8", "replace").strip()
        except (OSError, HTTPException) as trouble:
            # The reason only: the address holds the password and the text.
            reason = getattr(trouble, "reason", trouble)
            raise GatewayError(f"{type(trouble).__name__}: {reason}", away=True) from None
