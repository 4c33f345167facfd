"""Khiếu nại: somebody else has an account with my ID number."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class DisputeQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(state=Dispute.State.WAITING)


class Dispute(models.Model):
    """A claim to an ID number, with the card as proof; an official decides, a code completes it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Chờ giải quyết")
        ACCEPTED = "accepted", _("Đã chấp nhận, chờ xác nhận mã")
        DONE = "done", _("Đã chuyển số CCCD/CMND")
        REFUSED = "refused", _("Không chấp nhận")

    code = models.CharField(_("mã khiếu nại"), max_length=20, unique=True)
    national_id = models.CharField(_("số CMND/CCCD"), max_length=12)
    # The claimant as a sign-up that is not activated: it becomes the account once the claim is complete.
    claimant = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="dispute", verbose_name=_("người khiếu nại"))
    against = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="disputes_against", verbose_name=_("tài khoản bị khiếu nại")
    )
    statement = models.TextField(_("trình bày"), blank=True)
    state = models.CharField(_("trạng thái"), max_length=8, choices=State.choices, default=State.WAITING)
    created_at = models.DateTimeField(_("gửi lúc"), default=timezone.now)
    answer_by = models.DateField(_("trả lời trước ngày"))
    decided_at = models.DateTimeField(_("quyết định lúc"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("người quyết định")
    )
    reason = models.TextField(_("lý do"), blank=True)
    completed_at = models.DateTimeField(_("hoàn tất lúc"), null=True, blank=True)

    objects = DisputeQuerySet.as_manager()

    class Meta:
        verbose_name = _("khiếu nại tài khoản")
        verbose_name_plural = _("khiếu nại tài khoản")
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["national_id", "claimant"],
                condition=Q(state="waiting"),
                name="one_waiting_dispute_per_claimant",
            ),
        ]

    def __str__(self):
        return self.code


class DisputePhoto(models.Model):
    """A photograph of the claimant's card, decoded and written anew."""

    class Side(models.TextChoices):
        FRONT = "front", _("Mặt trước")
        BACK = "back", _("Mặt sau")
        HOLDER = "holder", _("Người khiếu nại cầm thẻ")

    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="photos")
    side = models.CharField(_("ảnh"), max_length=8, choices=Side.choices)
    file = models.FileField(max_length=200)
    sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("ảnh giấy tờ")
        verbose_name_plural = _("ảnh giấy tờ")
        constraints = [models.UniqueConstraint(fields=["dispute", "side"], name="one_photo_per_side")]

    def __str__(self):
        return self.get_side_display()
