"""A PDF that may be kept: readable without a password, and doing nothing by itself."""

import io
import logging

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

# Its warnings name odd but harmless files; what matters is said to the citizen.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)

# Actions that only turn to a page or draw nothing; every other one runs, fetches or sends.
HARMLESS_ACTIONS = {"/GoTo", "/URI", "/Named"}
FORBIDDEN_KEYS = {"/JavaScript", "/JS", "/EmbeddedFiles", "/EmbeddedFile", "/AA", "/XFA", "/RichMedia"}
OBJECTS_READ = 20_000


class Damaged(ValueError):
    """It cannot be read."""


class Encrypted(ValueError):
    """It asks for a password, so no official could open it."""


class Active(ValueError):
    """It holds a script, an action that runs on opening, or another file."""


def pages_of(data: bytes, *, thorough=False) -> int:
    """The number of pages: as the root claims in the web request; counted, with every object read, in the worker."""
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted:
            raise Encrypted
        _check_root(reader)
        if thorough:
            _check_objects(reader)
            pages = len(reader.pages)
        else:
            pages = int(_resolved(_resolved(reader.root_object["/Pages"])["/Count"]))
    except (Encrypted, Active):
        raise
    except Exception as error:  # the library raises whatever a broken file trips over
        raise Damaged from error
    if not pages:
        raise Damaged
    return pages


def _check_root(reader):
    root = reader.root_object
    _check_dictionary(root)
    action = _resolved(root.get("/OpenAction"))
    # Office programs write the page to open at here, as a place and not as an action.
    if isinstance(action, DictionaryObject) and action.get("/S") not in HARMLESS_ACTIONS:
        raise Active
    names = _resolved(root.get("/Names"))
    if isinstance(names, DictionaryObject):
        _check_dictionary(names)
    form = _resolved(root.get("/AcroForm"))
    if isinstance(form, DictionaryObject):
        _check_dictionary(form)


def _check_objects(reader):
    numbers = {number for generation in reader.xref.values() for number in generation} | set(reader.xref_objStm)
    if len(numbers) > OBJECTS_READ:
        raise Damaged
    for number in numbers:
        value = reader.get_object(number)
        _walk(value, depth=0)


def _walk(value, depth):
    """Look into one object; those it points at are looked into by themselves."""
    if depth > 50:
        raise Damaged
    if isinstance(value, DictionaryObject):
        _check_dictionary(value)
        if value.get("/Type") == "/Action" and value.get("/S") not in HARMLESS_ACTIONS:
            raise Active
        for key, inner in value.items():
            if key == "/A" and isinstance(inner, DictionaryObject) and inner.get("/S") not in HARMLESS_ACTIONS:
                raise Active
            _walk(inner, depth + 1)
    elif isinstance(value, ArrayObject):
        for inner in value:
            _walk(inner, depth + 1)


def _check_dictionary(value):
    if FORBIDDEN_KEYS & set(value) or value.get("/Type") == "/EmbeddedFile" or value.get("/S") == "/JavaScript":
        raise Active


def _resolved(value):
    return value.get_object() if isinstance(value, IndirectObject) else value
