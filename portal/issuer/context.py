"""What every page of the issuer knows."""

from django.conf import settings


def portal(request):
    """Where the portal is that sends citizens here."""
    return {"PORTAL_URL": f"{settings.PUBLIC_BASE_URL}/"}
