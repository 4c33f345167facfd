"""Dossiers as what messages are about; named in settings because messaging lies below."""

from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse

from dossiers import receipt
from dossiers.models import Dossier

PREFIX = "dossier:"


def _names(dossiers):
    return dossiers.annotate(name=Concat(Value(PREFIX), Cast("pk", CharField()))).values("name")


def named(typed: str) -> str:
    """By receipt code; a code that names nothing is still a dossier's, of which there are no messages."""
    try:
        key = receipt.parse(typed)
    except ValueError:
        return ""
    found = Dossier.objects.filter(receipt_key=key).values_list("pk", flat=True).first()
    return f"{PREFIX}{found or ''}"


def visible_to(official_user):
    return _names(Dossier.objects.visible_to(official_user))


def owned_by(citizen):
    return _names(Dossier.objects.owned_by(citizen))


def _keys(names) -> list[int]:
    return [int(key) for name in names if name.startswith(PREFIX) and (key := name.removeprefix(PREFIX)).isdecimal()]


def owned_links(names, citizen) -> dict[str, tuple[str, str]]:
    codes = Dossier.objects.owned_by(citizen).filter(pk__in=_keys(names)).exclude(receipt_code="").values_list("pk", "receipt_code")
    return {f"{PREFIX}{pk}": (code, reverse("dossiers:detail", args=[code])) for pk, code in codes}


def links(names, official_user) -> dict[str, tuple[str, str]]:
    found = Dossier.objects.visible_to(official_user).filter(pk__in=_keys(names)).values_list("pk", "receipt_code")
    return {f"{PREFIX}{pk}": (code, reverse("admin:dossiers_dossier_change", args=[pk])) for pk, code in found}
