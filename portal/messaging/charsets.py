"""The letters of an SMS, in whatever charset a gateway hands them in."""

import codecs
import re

# Only these: Python knows charsets that take minutes to read, and the sender's phone may name the charset.
# Old gateways say ISO-8859-1 where they mean its Windows companion; “GSM” is what Kannel calls its UTF-8.
CODECS = {
    "utf8": "utf-8", "usascii": "utf-8", "ascii": "utf-8", "gsm": "utf-8",
    "utf16": "utf-16-be", "utf16be": "utf-16-be", "ucs2": "utf-16-be", "iso10646ucs2": "utf-16-be", "utf16le": "utf-16-le",
    "iso88591": "cp1252", "latin1": "cp1252", "windows1252": "cp1252", "cp1252": "cp1252",
    "windows1258": "cp1258", "cp1258": "cp1258",
}  # fmt: skip
BYTE_ORDERS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_BE, "utf-16-be"), (codecs.BOM_UTF16_LE, "utf-16-le"))
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# What Vietnamese texts are made of: Latin letters, their marks, typographic and full-width signs, ₫.
VIETNAMESE = re.compile("[\t\n\r -~\xa0-\u024f\u0300-\u036f\u1e00-\u1eff\u2010-\u203a₫\u3000-\u3002\uff01-\uff5e]*")


def decoded(raw: bytes, charset: str) -> str:
    """The text of these bytes: as `charset` says, unless they themselves say otherwise beyond doubt."""
    for mark, codec in BYTE_ORDERS:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(codec, "replace")
    codec = CODECS.get(re.sub(r"[^a-z0-9]", "", charset.lower()), "utf-8")
    if codec.startswith("utf-16"):
        # The gateway made UTF-8 of it and went on calling it UTF-16; Vietnamese in UTF-16 is full of zeros.
        already = _utf8(raw)
        return raw[: len(raw) // 2 * 2].decode(codec, "replace") if already is None else already
    wide = _utf16(raw)
    return _read(raw, codec) if wide is None else wide


def _read(raw, codec):
    try:
        return raw.decode(codec)
    except UnicodeDecodeError:
        return raw.decode("utf-8" if codec == "utf-8" else "latin-1", "replace")


def _utf8(raw):
    """The bytes read as UTF-8, where they are that and hold no control characters."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return None
    return None if CONTROL.search(text) else text


def _utf16(raw):
    """The bytes read as UTF-16, where they hold zeros, as no other text does, and read so are Vietnamese."""
    if b"\0" not in raw or len(raw) % 2:
        return None
    for codec in ("utf-16-be", "utf-16-le"):
        text = raw.decode(codec, "replace")
        if VIETNAMESE.fullmatch(text):
            return text
    return None
