"""What and where: agencies, officials, procedures and their published versions."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models import Q, Value
from django.db.models.functions import Replace
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.text import folded, heading
from procedures import declaration, search


class AgencyQuerySet(models.QuerySet):
    def communes(self):
        return self.filter(level=Agency.Level.COMMUNE)

    def in_order(self):
        return self.order_by("sort_key")


class Agency(models.Model):
    """An office of the province that receives or decides dossiers."""

    class Level(models.TextChoices):
        PROVINCE = "province", _("Ủy ban nhân dân tỉnh")
        DEPARTMENT = "department", _("Sở, ban, ngành")
        ONE_STOP = "one_stop", _("Trung tâm Phục vụ hành chính công")
        UNIT = "unit", _("Đơn vị trực thuộc")
        VERTICAL = "vertical", _("Cơ quan ngành dọc")
        COMMUNE = "commune", _("Ủy ban nhân dân cấp xã")

    key = models.CharField(_("khóa"), max_length=30, unique=True, help_text=_("Khóa nội bộ của dữ liệu nạp."))
    # The first part of a receipt code. Where the province has not issued one, a labelled placeholder.
    identifier = models.CharField(
        _("mã định danh"),
        max_length=20,
        unique=True,
        validators=[RegexValidator(r"\A[A-Z0-9]+(\.[A-Z0-9]+)*\Z", _("Mã định danh gồm chữ hoa, chữ số và dấu chấm, ví dụ H15.24.133."))],
    )
    identifier_is_placeholder = models.BooleanField(_("mã định danh tạm"), default=True)
    name = models.CharField(_("tên"), max_length=200)
    short_name = models.CharField(_("tên ngắn"), max_length=100)
    level = models.CharField(_("cấp"), max_length=12, choices=Level.choices)
    kind = models.CharField(_("loại đơn vị"), max_length=20, blank=True, help_text=_("xã, phường, đặc khu"))
    admin_code = models.CharField(_("mã hành chính"), max_length=5, blank=True)
    parent = models.ForeignKey("self", verbose_name=_("cơ quan cấp trên"), null=True, blank=True, on_delete=models.PROTECT)
    name_verified = models.BooleanField(_("tên đã kiểm chứng"), default=False)
    # PostgreSQL here has no Vietnamese collation: Ánh would come after Dũng.
    sort_key = models.CharField(_("khóa sắp xếp"), max_length=200, editable=False, db_index=True)

    objects = AgencyQuerySet.as_manager()

    class Meta:
        verbose_name = _("cơ quan")
        verbose_name_plural = _("cơ quan")
        constraints = [
            # A receipt code is found by its letters and digits: H15.1.23 and H15.12.3 would mint the same ones.
            models.UniqueConstraint(
                Replace("identifier", Value("."), Value("")),
                name="one_agency_per_letters_of_a_receipt",
                violation_error_message=_("Bỏ dấu chấm thì mã định danh này trùng với mã của một cơ quan khác."),
            ),
        ]

    def __str__(self):
        return self.short_name

    def save(self, *args, **kwargs):
        self.sort_key = folded(self.name)
        super().save(*args, **kwargs)


class Official(models.Model):
    """A user posted at an agency, in a role that says which moves are theirs."""

    class Role(models.TextChoices):
        RECEIVER = "receiver", _("Tiếp nhận")
        HANDLER = "handler", _("Xử lý")
        LEADER = "leader", _("Lãnh đạo")
        CATALOGUE = "catalogue", _("Quản trị danh mục")

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="official", verbose_name=_("tài khoản"))
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="officials", verbose_name=_("cơ quan"))
    role = models.CharField(_("vai trò"), max_length=10, choices=Role.choices, default=Role.RECEIVER)
    title = models.CharField(_("chức danh"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("cán bộ")
        verbose_name_plural = _("cán bộ")

    def __str__(self):
        return f"{self.user} – {self.agency}"


class AgencyRule(models.TextChoices):
    """Which agencies may resolve a procedure: the free text of the catalogue, mapped once."""

    COMMUNE = "commune", _("Ủy ban nhân dân cấp xã")
    LISTED = "listed", _("Các cơ quan nêu trong danh sách")
    COMMUNE_OR_LISTED = "commune_or_listed", _("Ủy ban nhân dân cấp xã hoặc cơ quan nêu trong danh sách")
    OUTSIDE = "outside", _("Ngoài hệ thống của tỉnh")


class ProcedureQuerySet(models.QuerySet):
    def listed(self):
        """All that a list row shows, in one query."""
        return self.filter(current__isnull=False).select_related("current").order_by("sort_key")

    def fileable(self):
        """What may be filed here: not handed to another system (unless DEMO), with an agency of ours and online."""
        here = self.filter(current__isnull=False, current__takes_online=True).exclude(current__agency_rule=AgencyRule.OUTSIDE)
        return here if settings.DEMO else here.filter(current__hand_off="")

    def with_sheet(self):
        """All that the page of a procedure says, in three queries."""
        return self.listed().prefetch_related("current__documents", "current__fees")

    def search(self, typed: str):
        """Those that hold every word typed; as spelt before folded, the beginning of a name first."""
        return search.search(self, typed)


class Procedure(models.Model):
    """A procedure under its national or local code; what it asks stands in its versions."""

    code = models.CharField(_("mã thủ tục"), max_length=30, unique=True)
    short_name = models.CharField(_("tên ngắn"), max_length=200)
    field = models.CharField(_("lĩnh vực"), max_length=120, db_index=True)
    level = models.CharField(
        _("cấp giải quyết"), max_length=12, choices=[("commune", _("Cấp xã")), ("province", _("Cấp tỉnh"))], db_index=True
    )
    current = models.OneToOneField(
        "ProcedureVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="current_of", verbose_name=_("bản đang dùng")
    )
    synonyms = models.TextField(_("từ người dân hay dùng"), blank=True, help_text=_("Mỗi dòng một từ, ví dụ “sổ đỏ”."))
    # What search reads: folded, and as spelt. Lower case is made here, as PostgreSQL has no Vietnamese locale.
    search_text = models.TextField(_("chữ để tìm"), editable=False)
    spelt_text = models.TextField(_("chữ để tìm, có dấu"), editable=False)
    sort_key = models.CharField(_("khóa sắp xếp"), max_length=300, editable=False, db_index=True)

    objects = ProcedureQuerySet.as_manager()

    class Meta:
        verbose_name = _("thủ tục")
        verbose_name_plural = _("thủ tục")

    def __str__(self):
        return self.short_name

    def save(self, *args, **kwargs):
        self.index()
        super().save(*args, **kwargs)

    def index(self):
        """Write what search and order read."""
        name = self.current.name if self.current else ""
        words = [self.short_name, name, self.code, self.code.partition(".")[2], self.field, *self.synonyms.splitlines()]
        self.search_text = search.folded_line(words)
        self.spelt_text = search.spelt_line(words)
        self.sort_key = folded(self.short_name)


class Published(Exception):
    """A published version was about to change; dossiers filed under it rely on every word of it."""


class ProcedureVersion(models.Model):
    """What a procedure asks from one day on (NĐ 63/2010 art. 8.2). Published versions never change."""

    class Term(models.TextChoices):
        WORKING_DAY = "working_day", _("ngày làm việc")
        DAY = "day", _("ngày")
        SAME_DAY = "same_day", _("trong ngày")

    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="versions", verbose_name=_("thủ tục"))
    number = models.PositiveSmallIntegerField(_("bản số"))
    valid_from = models.DateField(_("áp dụng từ"), default=timezone.localdate)
    valid_to = models.DateField(_("áp dụng đến"), null=True, blank=True)
    published_at = models.DateTimeField(_("công bố lúc"), null=True, blank=True)

    name = models.CharField(_("tên đầy đủ"), max_length=500)
    agency_text = models.CharField(_("cơ quan thực hiện (theo công bố)"), max_length=300)
    agency_rule = models.CharField(_("cơ quan giải quyết"), max_length=20, choices=AgencyRule.choices)
    agencies = models.ManyToManyField(Agency, blank=True, verbose_name=_("cơ quan nêu trong danh sách"))
    outside = models.CharField(
        _("nơi nộp ngoài hệ thống"), max_length=200, blank=True, help_text=_("Ví dụ “tổ chức hành nghề công chứng”.")
    )
    hand_off = models.CharField(_("hệ thống khác tiếp nhận"), max_length=200, blank=True)
    audience = models.JSONField(_("đối tượng"), default=list, blank=True)
    service_level = models.CharField(_("mức cung cấp"), max_length=30)
    channels = models.JSONField(_("cách nộp"), default=list, blank=True)
    takes_online = models.BooleanField(_("nhận trực tuyến"), default=True)
    term_quantity = models.PositiveSmallIntegerField(_("thời hạn"), null=True, blank=True)
    term_unit = models.CharField(_("đơn vị thời hạn"), max_length=12, choices=Term.choices)
    term_cutoff_hour = models.PositiveSmallIntegerField(_("giờ chót trong ngày"), null=True, blank=True)
    term_cases = models.JSONField(_("thời hạn theo trường hợp"), default=list, blank=True)
    fee_vnd = models.PositiveIntegerField(_("lệ phí (đồng)"), null=True, blank=True)
    fee_case = models.CharField(_("khi nào thu mức này"), max_length=100, blank=True, help_text=_("Ví dụ “nếu đăng ký đúng hạn”."))
    fee_note = models.TextField(_("ghi chú lệ phí"), blank=True)
    results = models.JSONField(_("kết quả"), default=list, blank=True)
    steps = models.JSONField(_("trình tự"), default=list, blank=True)
    conditions = models.TextField(_("yêu cầu, điều kiện"), blank=True)
    legal_basis = models.JSONField(_("căn cứ pháp lý"), default=list, blank=True)
    publication_decision = models.CharField(_("quyết định công bố"), max_length=100, blank=True)
    note = models.TextField(_("ghi chú"), blank=True)
    # What was checked against the published page; the rest is shown as unverified.
    verified_fields = models.JSONField(_("phần đã kiểm chứng"), default=list, blank=True)
    source = models.URLField(_("nguồn"), blank=True)
    source_seen = models.CharField(_("nguồn xem ngày"), max_length=10, blank=True)
    # Of the loaded data: the same content loaded again writes nothing.
    digest = models.CharField(max_length=64, blank=True, editable=False)

    # Groups of questions, drawn by procedures/declaration.py; empty where the procedure has no form.
    declaration = models.JSONField(_("tờ khai điện tử"), default=list, blank=True)

    class Meta:
        verbose_name = _("bản công bố thủ tục")
        verbose_name_plural = _("bản công bố thủ tục")
        constraints = [models.UniqueConstraint(fields=["procedure", "number"], name="one_number_per_version")]

    def __str__(self):
        return f"{self.procedure} ({self.number})"

    def save(self, *args, **kwargs):
        refuse_if_published(self.pk)
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        refuse_if_published(self.pk)
        return super().delete(*args, **kwargs)

    def clean(self):
        try:
            declaration.check(self.declaration)
        except declaration.Mistake as mistake:
            raise ValidationError({"declaration": str(mistake)}) from None
        for part in ("audience", "channels", "results", "steps", "legal_basis", "verified_fields"):
            if not is_list_of(getattr(self, part), str):
                raise ValidationError({part: _("Ghi một danh sách các dòng chữ, ví dụ [“Giấy khai sinh”].")})
        if not is_list_of(self.term_cases, dict) or not all(map(is_term_case, self.term_cases)):
            raise ValidationError({"term_cases": _("Mỗi trường hợp gồm case (chữ), quantity (số hoặc null) và unit.")})

    def publish(self, *, at=None):
        """Make this the version in force; the one before it ends the day before."""
        at = at or timezone.now()
        with transaction.atomic():
            procedure = Procedure.objects.select_for_update(of=("self",)).get(pk=self.procedure_id)
            before = procedure.current_id
            self.published_at, self.valid_from = at, timezone.localdate(at)
            self.save()
            procedure.current = self
            procedure.save()
            # The end of its force is the one thing a published version learns later.
            ProcedureVersion.objects.filter(pk=before).update(valid_to=self.valid_from - timedelta(days=1))

    def draft_next(self):
        """An unpublished copy with the next number, for an official to change; the one already begun, if there is one."""
        with transaction.atomic():
            Procedure.objects.select_for_update(of=("self",)).get(pk=self.procedure_id)
            versions = ProcedureVersion.objects.filter(procedure_id=self.procedure_id)
            if begun := versions.filter(published_at__isnull=True).first():
                return begun
            number = versions.aggregate(last=models.Max("number"))["last"] + 1
            copy = copied(self, number=number, published_at=None, valid_to=None, digest="")
            copy.agencies.set(self.agencies.all())
            for part in (*self.documents.all(), *self.fees.all()):
                copied(part, version=copy)
        return copy

    @property
    def fileable(self) -> bool:
        """Whether a citizen may file here, online: the one row of ProcedureQuerySet.fileable()."""
        return self.takes_online and self.agency_rule != AgencyRule.OUTSIDE and (settings.DEMO or not self.hand_off)

    def possible_agencies(self):
        """The agencies of ours among which the citizen chooses, in the order of their names."""
        rule = AgencyRule(self.agency_rule)
        found = Q()
        if rule in (AgencyRule.COMMUNE, AgencyRule.COMMUNE_OR_LISTED):
            found |= Q(level=Agency.Level.COMMUNE)
        if rule in (AgencyRule.LISTED, AgencyRule.COMMUNE_OR_LISTED):
            found |= Q(pk__in=self.agencies.values("pk"))
        return Agency.objects.filter(found).in_order() if found else Agency.objects.none()

    def is_verified(self, part: str) -> bool:
        return part in self.verified_fields


def is_list_of(value, kind) -> bool:
    return isinstance(value, list) and all(isinstance(item, kind) for item in value)


def is_term_case(case) -> bool:
    """Whether the public page can show it."""
    quantity = case.get("quantity", "")
    return (
        isinstance(case.get("case"), str)
        and (quantity is None or type(quantity) is int)
        and case.get("unit") in ProcedureVersion.Term.values
    )


def copied(row, **changes):
    """A new row with the values of another, but for some."""
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key}
    return type(row).objects.create(**{name: value for name, value in values.items() if name.removesuffix("_id") not in changes} | changes)


def refuse_if_published(version_id):
    if version_id and ProcedureVersion.objects.filter(pk=version_id, published_at__isnull=False).exists():
        raise Published("A published version never changes: make a new version with the next number.")


class PartOfVersion(models.Model):
    """What belongs to a version is as fixed as the version itself."""

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        refuse_if_published(self.version_id)
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        refuse_if_published(self.version_id)
        return super().delete(*args, **kwargs)


class RequiredDocument(PartOfVersion):
    """One paper of the dossier, and when it is asked for."""

    class Need(models.TextChoices):
        REQUIRED = "required", _("Bắt buộc")
        CONDITIONAL = "conditional", _("Có điều kiện")
        OPTIONAL = "optional", _("Không bắt buộc")

    version = models.ForeignKey(ProcedureVersion, on_delete=models.CASCADE, related_name="documents", verbose_name=_("thủ tục"))
    position = models.PositiveSmallIntegerField(_("thứ tự"))
    name = models.TextField(_("tên giấy tờ"))
    need = models.CharField(_("yêu cầu"), max_length=12, choices=Need.choices)
    condition = models.TextField(_("điều kiện"), blank=True)
    originals = models.PositiveSmallIntegerField(_("số bản chính"), default=0)
    copies = models.PositiveSmallIntegerField(_("số bản sao"), default=0)
    form_number = models.CharField(_("mẫu số"), max_length=200, blank=True)
    # Shown at the counter, never sent.
    only_shown = models.BooleanField(_("chỉ xuất trình"), default=False)

    class Meta:
        verbose_name = _("giấy tờ")
        verbose_name_plural = _("giấy tờ")
        ordering = ["version_id", "position"]

    def __str__(self):
        return self.name

    @property
    def heading(self) -> str:
        return heading(self.name)

    @property
    def blocks(self) -> bool:
        """Whether a dossier without this paper cannot be submitted."""
        return self.need == self.Need.REQUIRED and not self.only_shown


class FeeQuerySet(models.QuerySet):
    def on(self, day):
        return self.filter(Q(valid_from__isnull=True) | Q(valid_from__lte=day), Q(valid_to__isnull=True) | Q(valid_to__gte=day))


class Fee(PartOfVersion):
    """A fee for a channel or a group, between two days."""

    version = models.ForeignKey(ProcedureVersion, on_delete=models.CASCADE, related_name="fees", verbose_name=_("thủ tục"))
    channel = models.CharField(_("cách nộp"), max_length=100)
    amount_vnd = models.PositiveIntegerField(_("mức (đồng)"))
    per = models.CharField(_("tính theo"), max_length=120)
    valid_from = models.DateField(_("từ ngày"), null=True, blank=True)
    valid_to = models.DateField(_("đến ngày"), null=True, blank=True)
    basis = models.CharField(_("căn cứ"), max_length=200, blank=True)

    objects = FeeQuerySet.as_manager()

    class Meta:
        verbose_name = _("lệ phí")
        verbose_name_plural = _("lệ phí")
        ordering = ["version_id", "id"]

    def __str__(self):
        return f"{self.amount_vnd} đ / {self.per}"

    def applies(self, day) -> bool:
        """What FeeQuerySet.on asks of the database, asked of a row already here."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or self.valid_to >= day)
