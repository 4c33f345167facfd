"""What a gateway hands in, read as what was typed."""

import pytest

from portal.messaging import charsets

NAME = "TK, Nguyễn Văn Đức, 066080001234"


@pytest.mark.parametrize(
    ("charset", "codec"),
    [
        ("UTF-8", "utf-8"),
        ("utf8", "utf-8"),
        ("", "utf-8"),
        ("UTF-8", "utf-8-sig"),
        ("UTF-16BE", "utf-16-be"),
        ("UCS-2", "utf-16-be"),
        ("ISO-10646-UCS-2", "utf-16-be"),
        ("UTF-16LE", "utf-16-le"),
        ("UTF-16", "utf-16"),  # little-endian, and its mark says so
        ("UTF-16BE", "utf-16"),  # the mark knows better than the name
        ("UTF-16BE", "utf-8"),  # converted on the way, the name forgotten
        ("UTF-8", "utf-16-be"),  # not converted, the name forgotten
        ("GSM", "utf-16-be"),
        ("UTF-8", "utf-16-le"),
        ("ISO-8859-1", "utf-16-be"),
        ("klingon", "utf-8"),
        ("zip", "utf-8"),
        ("punycode", "utf-8"),
        ("UTF-8\0", "utf-8"),
    ],
)
def test_a_text_is_read_whatever_the_gateway_calls_its_letters(charset, codec):
    assert charsets.decoded(NAME.encode(codec), charset) == NAME


def test_a_mark_of_the_byte_order_is_no_letter():
    assert charsets.decoded(b"\xfe\xff" + NAME.encode("utf-16-be"), "UTF-16BE") == NAME


@pytest.mark.parametrize(
    ("charset", "raw", "text"),
    [
        ("ISO-8859-1", b"T\xea Ti\xean", "Tê Tiên"),
        ("ISO-8859-1", b"\x93T\xea\x94", "“Tê”"),  # its Windows companion, as gateways mean it
        ("latin1", b"a\x81b", "a\x81b"),
        ("windows-1252", b"T\xea \x80", "Tê €"),
        ("windows-1258", b"Nguy\xea\xden V\xe3n \xd0\xfd", "Nguyê\u0303n Văn Đư"),
    ],
)
def test_the_charsets_of_one_byte(charset, raw, text):
    assert charsets.decoded(raw, charset) == text


@pytest.mark.parametrize(
    ("charset", "raw", "text"),
    [
        ("UTF-8", b"a\0b\0c", "a\0b\0c"),  # odd
        ("UTF-8", b"\x4e\x2d\0a", "N-\0a"),  # would hold Chinese
        ("UTF-8", b"Nguy\xean", "Nguy\ufffdn"),  # it might be one of two charsets: better a question than a wrong name
        ("UTF-16BE", "TK, Đ".encode("utf-16-be") + b"\x01", "TK, Đ"),  # half of a letter at the end
        ("UTF-16BE", b"\xd8\x3d\0T", "\ufffdT"),  # half of a pair
        ("UTF-8", b"\xed\xa0\x80", "\ufffd\ufffd\ufffd"),
        ("UTF-8", b"", ""),
        ("UTF-16BE", b"", ""),
    ],
)
def test_what_is_not_certain_is_not_guessed(charset, raw, text):
    assert charsets.decoded(raw, charset) == text
