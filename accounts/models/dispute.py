"""Khiếu nại: somebody else has an account with my ID number."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.records import AppendOnly


class DisputeDay(models.Model):
    """The last number of a day's ticket codes: whoever takes the next one holds this row."""

    day = models.DateField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self):
        return f"{self.day} {self.last}"


class DisputeDraft(models.Model):
    """A claim that is being written: its photographs are kept, so that none has to be taken twice.

    The browser session holds the key. Officials never see it; it becomes a dispute once the phone is proven.
    """

    key = models.UUIDField(primary_key=True, default=uuid.uuid4)
    # A sign-up that is not activated, made once everything else in the form is right.
    claimant = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="dispute_draft", null=True, blank=True, verbose_name=_("người khiếu nại")
    )
    statement = models.TextField(_("trình bày"), blank=True)
    captcha_solved_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return str(self.key)


class DisputeQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(state=Dispute.State.WAITING)


class Dispute(models.Model):
    """A claim to an ID number, with the card as proof; an official decides, a code completes it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Chờ giải quyết")
        ACCEPTED = "accepted", _("Đã chấp nhận, chờ nhận lại số")
        DONE = "done", _("Đã chuyển số CCCD/CMND")
        REFUSED = "refused", _("Không chấp nhận")
        EXPIRED = "expired", _("Chấp nhận nhưng quá hạn nhận")

    code = models.CharField(_("mã khiếu nại"), max_length=20, unique=True)
    national_id = models.CharField(_("số CMND/CCCD"), max_length=12)
    # The number a code proved when the claim was filed; what completes it is sent there and nowhere else.
    phone = models.CharField(_("số điện thoại"), max_length=16)
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
    claim_by = models.DateField(_("nhận lại trước ngày"), null=True, blank=True)
    completed_at = models.DateTimeField(_("hoàn tất lúc"), null=True, blank=True)

    objects = DisputeQuerySet.as_manager()

    class Meta:
        verbose_name = _("khiếu nại tài khoản")
        verbose_name_plural = _("khiếu nại tài khoản")
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(fields=["national_id", "phone"], condition=Q(state="waiting"), name="one_waiting_dispute_per_phone"),
            models.UniqueConstraint(fields=["national_id"], condition=Q(state="accepted"), name="one_accepted_dispute_per_number"),
        ]

    def __str__(self):
        return self.code

    def has_party(self, user) -> bool:
        """Whether `user` is one of the two, by account, by number or by phone: nobody decides their own case."""
        return (
            user.pk in (self.claimant_id, self.against_id)
            or user.national_id == self.national_id
            or (bool(user.phone) and user.phone in (self.phone, self.against.phone))
        )


class DisputePhoto(models.Model):
    """A photograph of the claimant's card, decoded and written anew. Its digest outlives the picture."""

    class Side(models.TextChoices):
        FRONT = "front", _("Ảnh mặt trước thẻ")
        BACK = "back", _("Ảnh mặt sau thẻ")
        HOLDER = "holder", _("Ảnh Ông/Bà cầm thẻ")

    draft = models.ForeignKey(DisputeDraft, models.CASCADE, related_name="photos", null=True, blank=True)
    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="photos", null=True, blank=True)
    side = models.CharField(_("ảnh"), max_length=8, choices=Side.choices)
    file = models.FileField(max_length=200)
    content_type = models.CharField(max_length=20)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("ảnh giấy tờ")
        verbose_name_plural = _("ảnh giấy tờ")
        constraints = [
            models.UniqueConstraint(fields=["dispute", "side"], name="one_photo_per_side"),
            models.UniqueConstraint(fields=["draft", "side"], name="one_photo_per_side_of_a_draft"),
            models.CheckConstraint(
                condition=Q(dispute__isnull=True, draft__isnull=False) | Q(dispute__isnull=False, draft__isnull=True),
                name="photo_of_a_draft_or_of_a_dispute",
            ),
        ]

    def __str__(self):
        return self.get_side_display()


class DisputeEvent(AppendOnly):
    """What was done about a claim, by whom and why: the record both accounts can be answered from."""

    class What(models.TextChoices):
        FILED = "filed", _("Gửi khiếu nại")
        LOOKED = "looked", _("Xem khiếu nại")
        PHOTO = "photo", _("Xem ảnh giấy tờ")
        ACCEPTED = "accepted", _("Chấp nhận khiếu nại")
        REFUSED = "refused", _("Không chấp nhận khiếu nại")
        FROZEN = "frozen", _("Tạm khóa tài khoản")
        LOST = "lost", _("Gỡ số CCCD/CMND khỏi tài khoản")
        GIVEN = "given", _("Gắn số CCCD/CMND vào tài khoản")
        EXPIRED = "expired", _("Quá hạn nhận lại số")
        PHOTOS_REMOVED = "erased", _("Xóa ảnh giấy tờ")

    dispute = models.ForeignKey(Dispute, models.PROTECT, related_name="events", verbose_name=_("khiếu nại"))
    # The account it was done to; empty where it concerns the claim alone.
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="dispute_events", null=True, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    # As it was at that moment; the official may move on, the record stays true.
    actor_name = models.CharField(_("tên"), max_length=100, blank=True)
    what = models.CharField(_("việc"), max_length=8, choices=What.choices)
    note = models.TextField(_("lý do, ghi chú"), blank=True)
    at = models.DateTimeField(_("lúc"), default=timezone.now)

    class Meta:
        verbose_name = _("diễn biến khiếu nại")
        verbose_name_plural = _("diễn biến khiếu nại")
        ordering = ["at", "id"]

    def __str__(self):
        return f"{self.dispute_id} {self.what}"
