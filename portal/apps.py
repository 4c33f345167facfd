"""The project as a Django app: its commands, checks and template tags."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "Một Cửa"
