"""“Nhớ thiết bị này 30 ngày”: browsers that need no code at sign-in."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class TrustedDeviceQuerySet(models.QuerySet):
    def living(self, at=None):
        return self.filter(expires_at__gt=at or timezone.now())


class TrustedDevice(models.Model):
    """A browser whose owner confirmed a code and asked to be remembered; it holds the key, we its digest."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="trusted_devices")
    digest = models.CharField(max_length=64, unique=True)
    user_agent = models.CharField(_("trình duyệt"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("nhớ từ"), auto_now_add=True)
    used_at = models.DateTimeField(_("dùng lần cuối"), default=timezone.now)
    expires_at = models.DateTimeField(_("nhớ đến"))

    objects = TrustedDeviceQuerySet.as_manager()

    class Meta:
        verbose_name = _("thiết bị được nhớ")
        verbose_name_plural = _("thiết bị được nhớ")

    def __str__(self):
        return self.user_agent or str(self.pk)
