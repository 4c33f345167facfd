"""What gateways that are asked over HTTP have in common: which silence is doubtful, whose mistake an answer is."""

import logging
import time
import urllib.error
import urllib.request
from http import HTTPStatus
from http.client import HTTPException

from portal.messaging.errors import GatewayError
from portal.messaging.gateways.base import SmsGateway

logger = logging.getLogger(__name__)


class HttpGateway(SmsGateway):
    TIMEOUT_SECONDS = 10
    LONGEST_ANSWER = 2000
    # The message's own fault. All else is the provider's, or the operator's (password, address, credit):
    # the message waits until that is mended.
    NEVER = (
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.REQUEST_URI_TOO_LONG,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    )

    def __init__(self, *, url: str, user: str = "", password: str = "", timeout: float = TIMEOUT_SECONDS):
        self.url, self.user, self.password, self.timeout = url, user, password, timeout

    def ask(self, request: urllib.request.Request | str) -> tuple[int, str]:
        """Status and text of the answer. Reasons never hold the address: it may carry a password and the text."""
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as response:  # noqa: S310 - the settings check the scheme
                return response.status, self._read(response)
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, self._read(refusal)
        except urllib.error.URLError as trouble:
            # Not connected, or hung up on before all was said: it cannot have been taken.
            raise GatewayError(f"{type(trouble.reason).__name__}: {trouble.reason}", away=True) from None
        except (OSError, HTTPException) as trouble:
            raise GatewayError(f"{type(trouble).__name__}: {trouble}", away=True, doubtful=True) from None

    def _read(self, response) -> str:
        """The words of an answer, as far as they come in time; one that breaks off still has its status."""
        words, ends = b"", time.monotonic() + self.timeout
        try:
            while time.monotonic() < ends and (more := response.read1(self.LONGEST_ANSWER - len(words))):
                words += more
        except (OSError, HTTPException) as trouble:
            logger.info("the answer of a gateway broke off: %s", type(trouble).__name__)
        return words.decode("utf-8", "replace").strip()

    def refused(self, status: int, answer: str) -> GatewayError:
        """An answer that is no consent."""
        permanent = status in self.NEVER
        # Consent in words that cannot be read is perhaps consent.
        doubtful = 200 <= status < 300
        return GatewayError(f"{status} {answer}".strip(), permanent=permanent, away=not permanent, doubtful=doubtful)
