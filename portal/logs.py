"""JSON logs with a request id, without secrets.

Texts are cleaned where they are written, after everything was put together, so that a number inside
an exception or an SQL error is caught too.
"""

import contextvars
import json
import logging
import re
from datetime import UTC, datetime

request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")

# A name that announces a secret, and the secret after it, as code, a query string or JSON writes it.
SECRET = re.compile(
    r"""(?ix)
    (?P<name> \b[\w-]* (?:passw(?:or)?d | passphrase | mat_?khau | secret | token | authorization | cookie | sessionid | api_?key | otp(?:_code)?)
        [\w-]* ["']? \s* [=:] \s* )
    (?: "[^"]*" | '[^']*' | (?:bearer|basic)\s+\S+ | [^\s,;&)}\]]+ )"""
)
# “OTP 123456”, “Mã xác thực: 123456”, as messages say it.
SPOKEN_CODE = re.compile(r"(?i)\b(otp|code|mã|ma)\b(\D{0,30}?)(?<!\d)\d{4,8}(?!\d)(?![.-]\d)")
# Phones and ID numbers: 9 to 12 digits in a row, or a phone in groups.
NUMBER = re.compile(r"(?<![\w.-])\+?\d{9,12}(?!\d)|(?<=[=+_:/])\d{9,12}(?!\d)|(?<![\w.-])(?:\+84|0)[ .-]?\d{2,3}(?:[ .-]\d{3,4}){2}(?!\d)")
# A signed value, as a confirmation link carries it: what is signed, when, and the signature. Whether it holds
# many digits or few is chance, so its form alone tells.
SIGNED = re.compile(r"(?<![\w-])[\w-]+:[A-Za-z0-9]{4,8}:[\w-]{43}(?![\w-])")
# Another key: long, with digits in it as no name has, or mixed as no name is.
KEY = re.compile(
    r"""(?x) (?<![\w-])
    (?! [0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}- )  # the number of a draft may be read
    (?: (?= (?:[A-Za-z_-]*\d){4} ) | (?= [\w-]*\d ) (?= [\w-]*[A-Z] ) (?= [\w-]*[a-z] ) )
    [A-Za-z0-9_-]{32,}"""
)


def cleaned(text: str) -> str:
    """The same text without passwords, codes, keys, phones and ID numbers."""
    text = SECRET.sub(r"\g<name>[hidden]", text)
    text = SPOKEN_CODE.sub(r"\1\2[code]", text)
    text = NUMBER.sub("[number]", text)
    return KEY.sub("[key]", SIGNED.sub("[key]", text))


class JsonFormatter(logging.Formatter):
    """One line of JSON for each record."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": cleaned(record.getMessage()),
        }
        if asked := request_id.get():
            line["request_id"] = asked
        if record.exc_info:
            line["exception"] = cleaned(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)
