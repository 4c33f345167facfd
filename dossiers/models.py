"""One citizen's request, from draft to result."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from dossiers.status import OPEN, PAUSED, Status
from portal.records import AppendOnly
from procedures.models import Agency, ProcedureVersion, RequiredDocument

# What stands for the office where the citizen acts.
CITIZEN = gettext_noop("Công dân")


class DossierQuerySet(models.QuerySet):
    def owned_by(self, citizen):
        return self.filter(citizen=citizen)

    def drafts(self):
        return self.filter(status=Status.DRAFT)

    def submitted(self):
        return self.exclude(status=Status.DRAFT)

    def listed(self):
        """All that a citizen's list shows of a dossier, in two queries, newest first."""
        asked = DossierEvent.objects.filter(verb__in=("ask_supplement", "ask_fee"))
        rows = self.select_related("version__procedure", "agency")
        return rows.prefetch_related(models.Prefetch("events", queryset=asked, to_attr="asked")).order_by("-updated_at", "-pk")

    def count_by_status(self) -> dict:
        return dict(self.order_by().values_list("status").annotate(models.Count("pk")))

    def visible_to(self, official_user):
        """What an official may see: the dossiers of the own agency; nothing without a post."""
        if official_user.is_superuser:
            return self.submitted()
        return self.submitted().filter(agency__officials__user=official_user)

    def overdue(self, at):
        """Promised before `at` and still with the office; the clock stands while the citizen's turn lasts."""
        return self.filter(status__in=OPEN - PAUSED - {Status.DONE}, due_at__lt=at)


class Delivery(models.TextChoices):
    DIRECT = "direct", _("Trực tiếp tại nơi nộp")
    POST = "post", _("Tại nhà qua bưu điện (cước người nhận trả)")
    ELECTRONIC = "electronic", _("Bản điện tử")


class Dossier(models.Model):
    # The address of a draft and of its receipt; says nothing about how many there are.
    key = models.UUIDField(_("khóa"), default=uuid.uuid4, unique=True, editable=False)
    citizen = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="dossiers", verbose_name=_("người nộp"))
    version = models.ForeignKey(ProcedureVersion, on_delete=models.PROTECT, related_name="dossiers", verbose_name=_("thủ tục"))
    agency = models.ForeignKey(
        Agency, null=True, blank=True, on_delete=models.PROTECT, related_name="dossiers", verbose_name=_("cơ quan giải quyết")
    )
    status = models.PositiveSmallIntegerField(_("trạng thái"), choices=Status.choices, default=Status.DRAFT)
    status_changed_at = models.DateTimeField(_("đổi trạng thái lúc"), null=True, blank=True)

    # Filled from the account when the step is confirmed; name, number and birth date are never typed here.
    applicant_name = models.CharField(_("họ và tên"), max_length=100, blank=True)
    applicant_national_id = models.CharField(_("số CMND/CCCD"), max_length=12, blank=True)
    applicant_birth_date = models.DateField(_("ngày sinh"), null=True, blank=True)
    applicant_phone = models.CharField(_("số điện thoại"), max_length=16, blank=True)
    applicant_phone_verified = models.BooleanField(_("số điện thoại đã xác minh"), default=False)
    applicant_email = models.EmailField(_("thư điện tử"), blank=True)
    applicant_address = models.CharField(_("số nhà, thôn/buôn, đường"), max_length=200, blank=True)
    applicant_commune = models.CharField(_("xã, phường"), max_length=120, blank=True)
    applicant_province = models.CharField(_("tỉnh, thành phố"), max_length=120, blank=True)
    for_other = models.BooleanField(_("nộp cho người khác"), default=False)
    beneficiary_name = models.CharField(_("người được nộp thay"), max_length=100, blank=True)
    beneficiary_national_id = models.CharField(_("số CMND/CCCD của người được nộp thay"), max_length=12, blank=True)

    answers = models.JSONField(_("tờ khai"), default=dict, blank=True)
    delivery = models.CharField(_("hình thức nhận kết quả"), max_length=10, choices=Delivery.choices, blank=True)
    delivery_address = models.CharField(_("địa chỉ nhận kết quả"), max_length=300, blank=True)

    # What stands in a step as typed and cannot be taken yet, by slug and field: a reload loses nothing.
    typed = models.JSONField(_("phần đang gõ"), default=dict, blank=True)
    # The steps confirmed so far, by slug; a later one cannot be entered before.
    steps_done = models.JSONField(_("bước đã xong"), default=list, blank=True)
    # Counts the saves of a draft, so that a second window is told instead of overwriting.
    edit = models.PositiveIntegerField(_("lần lưu"), default=0)
    captcha_solved_at = models.DateTimeField(_("mã xác nhận đúng lúc"), null=True, blank=True)
    sworn_at = models.DateTimeField(_("cam đoan lúc"), null=True, blank=True)

    receipt_code = models.CharField(_("mã biên nhận"), max_length=40, unique=True, null=True, blank=True)
    # Letters and digits of the code alone: what a citizen types finds it however it was spelt.
    receipt_key = models.CharField(_("khóa mã biên nhận"), max_length=40, unique=True, null=True, blank=True, editable=False)
    submitted_at = models.DateTimeField(_("nộp lúc"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("tiếp nhận lúc"), null=True, blank=True)
    due_at = models.DateTimeField(_("hẹn trả lúc"), null=True, blank=True)
    due_reasons = models.JSONField(_("cách tính ngày hẹn"), default=list, blank=True)
    finished_at = models.DateTimeField(_("xử lý xong lúc"), null=True, blank=True)
    # A second request needs a leader and makes the dossier count as late (QĐ 766/QĐ-TTg).
    supplements_asked = models.PositiveSmallIntegerField(_("số lần yêu cầu bổ sung"), default=0)
    supplemented_at = models.DateTimeField(_("bổ sung lúc"), null=True, blank=True)
    supplement_by = models.DateField(_("bổ sung trước ngày"), null=True, blank=True)
    fee_vnd = models.PositiveIntegerField(_("phí, lệ phí phải nộp (đồng)"), null=True, blank=True)
    fee_by = models.DateField(_("nộp phí trước ngày"), null=True, blank=True)
    created_at = models.DateTimeField(_("bắt đầu lúc"), auto_now_add=True)
    updated_at = models.DateTimeField(_("sửa lần cuối lúc"), auto_now=True)

    objects = DossierQuerySet.as_manager()

    class Meta:
        verbose_name = _("hồ sơ")
        verbose_name_plural = _("hồ sơ")
        constraints = [
            models.CheckConstraint(
                condition=Q(status=Status.DRAFT, receipt_code__isnull=True, submitted_at__isnull=True)
                | (~Q(status=Status.DRAFT) & Q(receipt_code__isnull=False, submitted_at__isnull=False, agency__isnull=False)),
                name="submitted_means_code_time_and_agency",
                violation_error_message=_("Hồ sơ đã nộp phải có mã biên nhận, thời điểm nộp và cơ quan giải quyết."),
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "status", "due_at"], name="dossier_queue"),
            models.Index(fields=["citizen", "status"], name="dossier_of_citizen"),
        ]

    def __str__(self):
        return self.receipt_code or str(self.key)

    @property
    def kept_until(self):
        """The day a draft is removed unless it is touched again."""
        return timezone.localdate(self.updated_at + timedelta(days=settings.DRAFT_DAYS))

    @property
    def is_draft(self) -> bool:
        return self.status == Status.DRAFT

    @property
    def takes_files(self) -> bool:
        """Whether papers may be added now: while it is written, or while papers were asked for."""
        return self.status in (Status.DRAFT, Status.SUPPLEMENT)

    def files_since_asked(self):
        """What was sent since papers were asked for, and counts."""
        sent = self.attachments.kept().exclude(state=Attachment.State.REFUSED)
        return sent.filter(created_at__gte=self.status_changed_at)

    def move(self, verb, *, by, note="", at=None, **extra):
        """Make one move of the table, or refuse in a sentence; the only door through which the status changes."""
        from dossiers import moves

        return moves.move(self, verb, by=by, note=note, at=at, **extra)


class ReceiptCounter(models.Model):
    """The last number given by an agency on a day; the row is locked while the next one is taken."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    day = models.DateField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "day"], name="one_counter_per_agency_and_day")]

    def __str__(self):
        return f"{self.agency_id} {self.day}: {self.last}"


class AttachmentQuerySet(models.QuerySet):
    def kept(self):
        """What the citizen has not taken out again."""
        return self.filter(removed_at__isnull=True)


class Attachment(models.Model):
    """One file of one paper: what the citizen sent, then what the worker made of it."""

    class State(models.TextChoices):
        CHECKING = "checking", _("Đang kiểm tra")
        READY = "ready", _("Đã nhận")
        REFUSED = "refused", _("Không nhận được")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="attachments")
    # Null for the mandate asked for when filing for another person.
    document = models.ForeignKey(RequiredDocument, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    file = models.FileField(_("tệp"), max_length=200)
    thumbnail = models.FileField(_("ảnh nhỏ"), max_length=200, blank=True)
    original_name = models.CharField(_("tên tệp"), max_length=200)
    content_type = models.CharField(_("loại tệp"), max_length=40)
    size = models.PositiveIntegerField(_("dung lượng (byte)"))
    pages = models.PositiveSmallIntegerField(_("số trang"), default=1)
    # Of the stored bytes, fixed when checking ends.
    sha256 = models.CharField(max_length=64, blank=True)
    state = models.CharField(_("trạng thái"), max_length=8, choices=State.choices, default=State.CHECKING)
    refusal = models.CharField(_("lý do không nhận"), max_length=300, blank=True)
    # Checks that a worker began and did not live to end; a file that fells workers is refused at last.
    checks_lost = models.PositiveSmallIntegerField(default=0)
    # Chosen by the browser, so that a retry after a lost line is the same file.
    client_key = models.UUIDField(null=True, blank=True)
    # Taken out by the citizen; kept until the draft is submitted, so that it can be put back.
    removed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("tệp đính kèm")
        verbose_name_plural = _("tệp đính kèm")
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "client_key"], condition=Q(client_key__isnull=False), name="one_file_per_client_key"
            ),
        ]

    def __str__(self):
        return self.original_name


class DossierEvent(AppendOnly):
    """One move of a dossier: written once, never changed."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="events", verbose_name=_("hồ sơ"))
    verb = models.CharField(_("việc"), max_length=24)
    from_status = models.PositiveSmallIntegerField(_("từ"), choices=Status.choices)
    to_status = models.PositiveSmallIntegerField(_("đến"), choices=Status.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("người thực hiện")
    )
    # As it was at that moment; the official may move on, the record stays true.
    actor_name = models.CharField(_("tên"), max_length=100, blank=True)
    office = models.CharField(_("cơ quan, bộ phận"), max_length=250, blank=True)
    note = models.TextField(_("lý do, ghi chú"), blank=True)
    at = models.DateTimeField(_("lúc"), db_index=True)

    class Meta:
        verbose_name = _("diễn biến")
        verbose_name_plural = _("diễn biến")
        ordering = ["at", "id"]

    def __str__(self):
        return f"{self.dossier_id} {self.verb}"

    @property
    def spoken_office(self) -> str:
        """The office as recorded; the citizen in the language of the reader."""
        return gettext(CITIZEN) if self.office == CITIZEN else self.office


class Pause(models.Model):
    """A time in which the office waited for the citizen, so that it does not count towards the term."""

    dossier = models.ForeignKey(Dossier, on_delete=models.CASCADE, related_name="pauses")
    reason = models.CharField(
        max_length=24, choices=[("supplement", _("chờ bổ sung")), ("fee", _("chờ nộp phí")), ("withdrawal", _("chờ trả lời việc rút"))]
    )
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dossier"], condition=Q(ended_at__isnull=True), name="one_open_pause_per_dossier"),
        ]

    def __str__(self):
        return f"{self.dossier_id} {self.reason}"


class DossierAccess(AppendOnly):
    """Who opened a dossier or one of its papers; append-only."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="accesses")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    office = models.CharField(max_length=250, blank=True)
    what = models.CharField(max_length=200)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self):
        return f"{self.dossier_id} {self.what}"
