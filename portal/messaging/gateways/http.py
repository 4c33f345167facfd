"""What gateways that are asked over HTTP have in common: which silence is doubtful, whose mistake an answer is."""

import urllib.error
import urllib.request
from http import HTTPStatus
from http.client import HTTPException

from portal.messaging.errors import GatewayError
from portal.messaging.gateways.base import SmsGateway


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
        """The words of an answer; one that breaks off in its words still has its status."""
        try:
            return response.read(self.LONGEST_ANSWER).decode("utf-8", "replace").strip()
        except (OSError, HTTPException) as trouble:
            return f"({type(trouble).__name__} while it was read)"

    def refused(self, status: int, answer: str) -> GatewayError:
        """An answer that is no consent."""
        permanent = status in self.NEVER
        # Consent in words that cannot be read is perhaps consent.
        doubtful = 200 <= status < 300
        return GatewayError(f"{status} {answer}".strip(), permanent=permanent, away=not permanent, doubtful=doubtful)
