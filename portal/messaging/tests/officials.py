"""Officials in front of the messages."""

from django.contrib.auth.models import Permission
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_static.models import StaticDevice


def enter(client, user, *rights):
    """As if both steps of the sign-in had been taken, with these rights of the messages' room."""
    user.user_permissions.add(*Permission.objects.filter(content_type__app_label="messaging", codename__in=rights))
    client.force_login(user)
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = StaticDevice.objects.create(user=user, name="backup").persistent_id
    session.save()
    return client
