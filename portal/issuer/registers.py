"""Who is known here: the people of the demo and the one portal that may ask for them."""

import json

from allauth.idp.oidc.models import Client
from django.conf import settings
from django.contrib.auth.hashers import make_password

from portal.issuer.models import Person

FIELDS = ("full_name", "birth_date", "phone", "password")


def refresh() -> None:
    """As the demo's file and the environment say at this start."""
    people()
    client()


def people() -> None:
    """Write everybody in the demo's file; passwords come as hashes."""
    rows = json.loads(settings.PEOPLE_FILE.read_text()) if settings.PEOPLE_FILE.exists() else []
    Person.objects.bulk_create([Person(**row) for row in rows], update_conflicts=True, unique_fields=["national_id"], update_fields=FIELDS)


def client() -> None:
    """The portal, under each of its names; the citizen is not asked for consent, as at the real issuer."""
    portal = Client(
        id=settings.OIDC_CLIENT_ID,
        name="Cổng dịch vụ công của tỉnh",
        secret=make_password(settings.OIDC_CLIENT_SECRET, hasher="pbkdf2_sha256_machine"),
        skip_consent=True,
    )
    portal.set_redirect_uris([origin + settings.CALLBACK_PATH for origin in settings.PORTAL_ORIGINS])
    Client.objects.exclude(pk=portal.pk).delete()
    Client.objects.bulk_create(
        [portal], update_conflicts=True, unique_fields=["id"], update_fields=["name", "secret", "skip_consent", "redirect_uris"]
    )
