"""What a file is by its content, and whether it is all there; nothing is decoded."""

import struct
from pathlib import PurePosixPath

import filetype

JPEG, PNG, HEIC, PDF = "image/jpeg", "image/png", "image/heic", "application/pdf"

# The endings that fit each kind; the first is its name for people.
ENDINGS = {
    JPEG: ("jpg", "jpeg", "jpe", "jfif"),
    PNG: ("png",),
    HEIC: ("heic", "heif"),
    PDF: ("pdf",),
}
ALL_ENDINGS = frozenset(ending for endings in ENDINGS.values() for ending in endings)
HEAD = 8192  # the signatures all lie in the first bytes


def kind_of(data: bytes) -> str | None:
    """The MIME type that the content shows; None where it shows none."""
    guess = filetype.guess(data[:HEAD])
    return guess.mime if guess else None


def told_kind(data: bytes) -> str:
    """The short name of what the content is, such as “exe”, for telling the citizen."""
    guess = filetype.guess(data[:HEAD])
    return guess.extension if guess else ""


def ending_of(name: str) -> str:
    """The ending of a file name; empty where it is none, as some phone pickers send names."""
    ending = PurePosixPath(name).suffix[1:].lower()
    return ending if ending.isalnum() and len(ending) <= 5 else ""


def is_whole(data: bytes, kind: str) -> bool:
    """Whether the end of the file is there: a cut line leaves the beginning only."""
    try:
        return WHOLE[kind](data)
    except (IndexError, struct.error):
        return False


def _jpeg_is_whole(data: bytes) -> bool:
    """The end marker follows the picture itself.

    It need not be last: some phones put a film or their own data after it. An earlier one may
    belong to the small preview inside the EXIF part, so the search begins at the scan.
    """
    at = 2
    while data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # padding
            at += 1
            continue
        if marker == 0xDA:
            return data.find(b"\xff\xd9", at) != -1
        (length,) = struct.unpack_from(">H", data, at + 2)
        at += 2 + length
    return False


def _png_is_whole(data: bytes) -> bool:
    at = 8
    while True:
        (length,) = struct.unpack_from(">I", data, at)
        name = data[at + 4 : at + 8]
        at += 12 + length
        if name == b"IEND":
            return at <= len(data)


def _heic_is_whole(data: bytes) -> bool:
    """Its boxes, each with its length, fill the file exactly to the end."""
    at = 0
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        if length == 0:  # to the end of the file
            return True
        if length == 1:
            (length,) = struct.unpack_from(">Q", data, at + 8)
        if length < 8:
            return False
        at += length
    return at == len(data)


def _pdf_is_whole(data: bytes) -> bool:
    return b"%%EOF" in data[-2048:]


WHOLE = {JPEG: _jpeg_is_whole, PNG: _png_is_whole, HEIC: _heic_is_whole, PDF: _pdf_is_whole}
