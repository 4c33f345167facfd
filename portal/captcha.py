"""The confirmation code: digits in an image, and the same digits as Vietnamese speech."""

import secrets

from django.conf import settings


def digits_challenge():
    """A challenge of django-simple-captcha: what is drawn, what is expected."""
    digits = "".join(secrets.choice("0123456789") for _ in range(settings.CAPTCHA_LENGTH))
    return digits, digits
