"""What messages are about. They name it (“dossier:12”); which records these are is known to a room above.

`MESSAGE_SUBJECTS` names the module that answers, with the functions below under the same names.
"""

from importlib import import_module

from django.conf import settings


def _room():
    return import_module(settings.MESSAGE_SUBJECTS)


def named(typed: str) -> str:
    """The name of the record that was typed, in any spelling; empty where it is none."""
    return _room().named(typed)


def visible_to(official_user):
    """The names of all records that lie before this official, as a subquery."""
    return _room().visible_to(official_user)


def owned_by(citizen):
    """The names of a citizen's own records, as a subquery."""
    return _room().owned_by(citizen)


def owned_links(names, citizen) -> dict[str, tuple[str, str]]:
    """What to call each of a citizen's own records, and where its owner looks at it; one query."""
    return _room().owned_links(names, citizen)


def links(names, official_user) -> dict[str, tuple[str, str]]:
    """What to call each record, and where it is looked at, as far as it lies before this official; one query."""
    return _room().links(names, official_user)
