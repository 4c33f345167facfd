"""How a provider has been doing; all workers read and write the same rows, so that one finds out for all."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.messaging.models.channel import Channel


class ProviderHealthQuerySet(models.QuerySet):
    def away(self, at):
        """Those that are to be left alone until their pause is over."""
        return self.filter(away_until__gt=at)


class ProviderHealth(models.Model):
    """One SMS gateway or the mail server, by its name in the settings."""

    name = models.CharField(_("tên"), max_length=40, primary_key=True)
    channel = models.CharField(_("kênh"), max_length=5, choices=Channel.choices)
    # Calls in a row that failed or took too long; 0 while all is well.
    troubles = models.PositiveIntegerField(_("lỗi liên tiếp"), default=0)
    away_since = models.DateTimeField(_("gián đoạn từ"), null=True, blank=True)
    # Not asked before then, while another one can be asked.
    away_until = models.DateTimeField(_("thử lại từ"), null=True, blank=True)
    last_error = models.CharField(_("lỗi gần nhất"), max_length=300, blank=True)
    last_ok_at = models.DateTimeField(_("gửi được gần nhất"), null=True, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = ProviderHealthQuerySet.as_manager()

    class Meta:
        verbose_name = _("nhà cung cấp")
        verbose_name_plural = _("nhà cung cấp")

    def __str__(self):
        return self.name
