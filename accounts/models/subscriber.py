"""In whose name a phone number is: the demo's stand-in for the operators' registers."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.text import masked_phone


class Subscriber(models.Model):
    """A number and the ID number it is registered to (*chính chủ*)."""

    phone = models.CharField(_("số điện thoại"), max_length=16, unique=True)
    national_id = models.CharField(_("số CMND/CCCD"), max_length=12)

    class Meta:
        verbose_name = _("thuê bao")
        verbose_name_plural = _("thuê bao")

    def __str__(self):
        return masked_phone(self.phone)
