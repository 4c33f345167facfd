"""What every page may show."""

from django.conf import settings


def site(request):
    return {
        "DEMO": settings.DEMO,
        "HOTLINE": settings.HOTLINE,
        "SMS_SENDER": settings.SMS_SENDER,
        "PROVINCE_NAME": settings.PROVINCE_NAME,
    }
