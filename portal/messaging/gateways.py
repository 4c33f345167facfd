"""The ways an SMS leaves the house; one is named in settings.SMS_GATEWAY."""

import logging
import urllib.error
import urllib.parse
import urllib.request
from abc import ABC, abstractmethod
from http import HTTPStatus
from http.client import HTTPException

from django.conf import settings
from django.utils.module_loading import import_string

from portal.messaging.errors import GatewayError

logger = logging.getLogger(__name__)


class SmsGateway(ABC):
    """Hands one text to a provider; returning means the provider has taken it."""

    @abstractmethod
    def send(self, *, to: str, text: str, reference: str) -> None:
        """Raise GatewayError where the text was not taken. A retry has the same `reference`."""


def gateway() -> SmsGateway:
    return import_string(settings.SMS_GATEWAY["BACKEND"])(**settings.SMS_GATEWAY.get("OPTIONS", {}))


class ConsoleGateway(SmsGateway):
    """Sends nothing: the development inbox holds the text, the log only says that one went."""

    def send(self, *, to, text, reference):
        if not (settings.DEMO or settings.DEBUG):
            raise GatewayError("SMS_GATEWAY_URL is not set: no SMS can leave", away=True)
        logger.info("SMS %s of %d letters kept in the development inbox", reference, len(text))


class MemoryGateway(SmsGateway):
    """For tests: what was sent lies in `sent`, and `fail_with` is raised instead of sending."""

    sent: list[dict] = []
    fail_with: GatewayError | None = None

    def send(self, *, to, text, reference):
        if self.fail_with:
            raise self.fail_with
        self.sent.append({"to": to, "text": text, "reference": reference})


class KannelGateway(SmsGateway):
    """The `sendsms` interface of Kannel, which several Vietnamese providers also speak."""

    TIMEOUT_SECONDS = 10
    ACCEPTED = ("0:", "3:")  # “0: Accepted for delivery”, “3: Queued for later delivery”
    LONGEST_ANSWER = 2000

    def __init__(self, url: str = "", timeout: float = TIMEOUT_SECONDS):
        self.url = url or settings.SMS_GATEWAY_URL
        self.timeout = timeout
        if not self.url.startswith(("http://", "https://")):
            raise GatewayError("SMS_GATEWAY_URL is not an http address", away=True)

    def send(self, *, to, text, reference):
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
            "username": settings.SMS_GATEWAY_USER,
            "password": settings.SMS_GATEWAY_PASSWORD,
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
