"""The signed link to a dossier's tracking page, as printed in mail and QR: a proof of its own."""

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import urlencode

SALT = "dossiers.tracking-link"


def tracking_url(dossier) -> str:
    """The public address of the tracking page, with a token that opens reasons and the masked name."""
    query = urlencode({"ma": dossier.receipt_code, "khoa": token(dossier)})
    return f"{settings.PUBLIC_BASE_URL}{reverse('tracking:track')}?{query}"


def token(dossier) -> str:
    return signing.Signer(salt=SALT).signature(dossier.receipt_key)


def opens(dossier, given: str) -> bool:
    """Whether a token belongs to this dossier; compared in constant time."""
    return constant_time_compare(token(dossier), given)
