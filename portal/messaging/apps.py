"""SMS and e-mail as a Django app, under the name officials read."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MessagingConfig(AppConfig):
    name = "portal.messaging"
    verbose_name = _("Tin nhắn, thư điện tử")
