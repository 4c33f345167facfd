"""How a receipt code is minted and read: `H15.24.133-261122-0007` = agency, day, number."""

import re
import unicodedata
from typing import NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from dossiers.models import ReceiptCounter

EXAMPLE = "H15.24.133-261118-0007"

# What people type around and between the letters and digits, and what messages put there.
SEPARATORS = re.compile(r"[\s.,;:_/\-‐‑–—<>\[\](){}“”\"'’]+")
# An agency identifier of either form, six digits of the day, four to seven of the number.
KEY = re.compile(r"(?:[A-Z]\d{2}\d{0,9}|\d{6,9}[A-Z]\d{2})\d{6}\d{4,7}")
HYPHEN = re.compile("[-‐‑–—]")
PARTS = re.compile(r"[A-Z0-9]+-\d{6}-\d{4,7}", re.ASCII)


class Receipt(NamedTuple):
    code: str
    key: str
    series: str
    number: int


def mint(agency, at) -> Receipt:
    """The next code of an agency on a day, in the caller's transaction.

    The counter row stays locked until that transaction ends, so a rolled-back submission leaves no
    gap; call it as late as possible, because every other submission to the agency waits meanwhile.
    """
    transaction.get_connection().validate_no_broken_transaction()
    if not connection.in_atomic_block:
        raise RuntimeError("a receipt code is minted inside the transaction that submits the dossier")
    day = timezone.localdate(at)
    table = ReceiptCounter._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (agency_id, day, last) VALUES (%s, %s, 1) "  # noqa: S608 - the table's own name
            f"ON CONFLICT (agency_id, day) DO UPDATE SET last = {table}.last + 1 RETURNING last",
            [agency.pk, day],
        )
        (number,) = cursor.fetchone()
    series = f"{agency.identifier}-{day:%y%m%d}"
    code = f"{series}-{number:04d}"
    return Receipt(code, key_of(code), series, number)


def key_of(text: str) -> str:
    """The letters and digits alone, in capitals: one key for every spelling."""
    return SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()


def parse(typed: str) -> str:
    """The key of a code as people type it; ValueError where it cannot be a code."""
    typed = typed[:200]
    key = key_of(typed)
    # Where the hyphens were typed, each part must be whole: a digit left out is told, not looked up.
    parts = [key_of(part) for part in HYPHEN.split(typed)]
    if len(parts) == 3 and not PARTS.fullmatch("-".join(parts)):
        raise ValueError("not a receipt code")
    if not (key.isascii() and KEY.fullmatch(key)):
        raise ValueError("not a receipt code")
    return key
