"""A citizen asks that their account be deleted."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ClosingRequest(models.Model):
    """The request and its answer. Law 91/2025/QH15: done within 20 days; filed dossiers stay by the Archives Law."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Chờ giải quyết")
        WITHDRAWN = "withdrawn", _("Đã rút lại")
        DONE = "done", _("Đã xóa")
        REFUSED = "refused", _("Không chấp nhận")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="closing_requests", verbose_name=_("tài khoản"))
    state = models.CharField(_("trạng thái"), max_length=9, choices=State.choices, default=State.WAITING)
    asked_at = models.DateTimeField(_("yêu cầu lúc"), default=timezone.now)
    answer_by = models.DateField(_("trả lời trước ngày"))
    decided_at = models.DateTimeField(_("giải quyết lúc"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("người giải quyết")
    )
    reason = models.TextField(_("lý do"), blank=True)

    class Meta:
        verbose_name = _("yêu cầu xóa tài khoản")
        verbose_name_plural = _("yêu cầu xóa tài khoản")
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=models.Q(state="waiting"), name="one_waiting_closing_request"),
        ]

    def __str__(self):
        return f"{self.user} {self.asked_at:%d/%m/%Y}"
