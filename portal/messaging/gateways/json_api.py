"""A plain HTTP provider: one JSON object in, one out."""

import json
import urllib.request

from django.conf import settings

from portal.messaging.errors import GatewayError
from portal.messaging.gateways.http import HttpGateway


class JsonGateway(HttpGateway):
    """POSTs what Vietnamese providers of brand-name SMS ask for, under the names most of them share:

    | Field | Holds |
    |---|---|
    | key, secret | SMS_GATEWAY_USER and SMS_GATEWAY_PASSWORD |
    | phone | 84912345678 |
    | content, unicode | the text, without marks: unicode is 0 |
    | brandname, type | SMS_SENDER, and the option `type` |
    | request_id | the same over all tries of a message |
    | callback | where to report `status`, by GET or POST |

    The answer is 2xx with `code` (or `CodeResult`): one of TAKEN is taken, one of WRONG is never to be
    tried again, all others (password, credit, brand name, a fault of the provider) wait for better times.
    `names` gives fields other names, e.g. {"key": "ApiKey"}.
    """

    TAKEN = ("0", "100", "success", "duplicate")  # the last one: a try before this one was taken
    WRONG = ("invalid_phone", "invalid_content")

    def __init__(self, *, type: str = "2", names: dict | None = None, taken: tuple = TAKEN, wrong: tuple = WRONG, **options):
        super().__init__(**options)
        self.type, self.names, self.taken, self.wrong = type, names or {}, taken, wrong

    def send(self, *, to, text, reference, report_url=""):
        status, answer = self.ask(self._request(to, text, reference, report_url))
        code = self._code(answer) if 200 <= status < 300 else None
        if code is None:
            raise self.refused(status, answer)
        if code not in self.taken:
            permanent = code in self.wrong
            raise GatewayError(f"{status} code {code}", permanent=permanent, away=not permanent)

    def _request(self, to, text, reference, report_url) -> urllib.request.Request:
        fields = {
            "key": self.user,
            "secret": self.password,
            "phone": to.removeprefix("+"),
            "content": text,
            "unicode": 0,
            "brandname": settings.SMS_SENDER,
            "type": self.type,
            "request_id": reference,
            "callback": report_url,
        }
        body = json.dumps({self.names.get(name, name): value for name, value in fields.items()}).encode()
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        return urllib.request.Request(self.url, body, headers)  # noqa: S310 - the settings check the scheme

    def _code(self, answer: str) -> str | None:
        try:
            said = json.loads(answer)
        except (ValueError, RecursionError):
            return None
        if not isinstance(said, dict):
            return None
        code = said.get("code", said.get("CodeResult"))
        return None if code is None else str(code).lower()[:40]
