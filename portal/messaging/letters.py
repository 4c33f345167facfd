"""A row as the letter that goes over the line: text and HTML part, in base64.

Put together here, because making and flattening an `EmailMultiAlternatives` takes twice the CPU of
sending it. Headers and odd addresses are still Django's to encode and to refuse.
"""

import functools
import re
from binascii import b2a_base64
from email.header import Header
from email.utils import formatdate
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail.message import forbid_multi_line_headers, sanitize_address

# No line of base64 can hold an underscore, so no part can be cut short by it.
BOUNDARY = "=_part"
LINE = 57  # bytes, which are 76 letters of base64
# Nearly all of them; taking an address apart costs as much as all the rest of a letter.
PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")

# Python folds headers at each of them, as if they were ends of lines: what follows would be a header, or the text.
CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\x85\u2028\u2029]")


def message_id(row) -> str:
    """The same over all retries, so that a letter delivered twice can be recognised as one."""
    return f"<{row.pk}.{row.created_at:%Y%m%d%H%M%S}@{urlsplit(settings.PUBLIC_BASE_URL).hostname or 'localhost'}>"


def envelope(row) -> tuple[str, str]:
    """From whom and to whom; ValueError where one is no address."""
    return _address(settings.DEFAULT_FROM_EMAIL), _recipient(row)


def written(row) -> bytes:
    """The letter; ValueError where an address or a header of it cannot be written."""
    own = {
        "Subject": row.subject,
        "From": settings.DEFAULT_FROM_EMAIL,
        "To": _recipient(row),
        "Date": formatdate(usegmt=True),
        "Auto-Submitted": "auto-generated",
        "MIME-Version": "1.0",
    }
    headers = {name.lower(): (name, value) for name, value in (own | row.headers | {"Message-ID": message_id(row)}).items()}
    head = "".join(_header(name, value) for name, value in headers.values())
    text = _part("plain", row.body)
    if not row.html:
        return head.encode() + text
    head += f'Content-Type: multipart/alternative; boundary="{BOUNDARY}"\r\n\r\n--{BOUNDARY}\r\n'
    between, end = f"--{BOUNDARY}\r\n".encode(), f"--{BOUNDARY}--\r\n".encode()
    return head.encode() + text + between + _part("html", row.html) + end


def _header(name: str, value: str) -> str:
    _without_control(value)
    if name == "Subject" and value.isprintable():
        # Django forgets that the name of the header stands in its first line, too.
        encoded = Header(value, None if value.isascii() else "utf-8", header_name=name).encode()
    else:
        _name, encoded = forbid_multi_line_headers(name, value, "utf-8")
    return f"{name}: {encoded}\n".replace("\n", "\r\n")


def _part(kind: str, text: str) -> bytes:
    content = "\r\n".join([*text.splitlines(), ""]).encode()
    lines = [b2a_base64(content[start : start + LINE], newline=False) for start in range(0, len(content), LINE)]
    head = f'Content-Type: text/{kind}; charset="utf-8"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    return head.encode() + b"\r\n".join(lines) + b"\r\n"


def _recipient(row) -> str:
    return row.recipient if PLAIN_ADDRESS.fullmatch(row.recipient) else _address(row.recipient)


def _without_control(value: str) -> None:
    if CONTROL.search(value):
        raise ValueError("control characters or newlines in a header")


@functools.lru_cache(maxsize=100)
def _address(typed: str) -> str:
    _without_control(typed)
    return sanitize_address(typed, "utf-8")
