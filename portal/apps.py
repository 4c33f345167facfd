"""The project as a Django app: its commands, checks and template tags."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = "Một Cửa"

    def ready(self):
        from portal import checks  # noqa: F401 - registers them
        from portal.admin import site

        autodiscover_modules("admin", register_to=site)
