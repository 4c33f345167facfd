"""By what the list of messages is narrowed. No filter asks the table what there is: that would read all of it."""

import datetime

from django.conf import settings
from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.messaging import kinds
from portal.messaging.admin.verdict import name_of
from portal.messaging.models import OutgoingMessage
from portal.messaging.models.provider import MAIL_SERVER

Report = OutgoingMessage.Report


class KindFilter(admin.SimpleListFilter):
    """The known kinds by their names."""

    title = _("loại tin")
    parameter_name = "loai"

    def lookups(self, request, model_admin):
        return kinds.NAMES.items()

    def queryset(self, request, rows):
        return rows.filter(kind=self.value()) if self.value() else rows


class ReportFilter(admin.SimpleListFilter):
    """What the provider said of an SMS after it had taken it."""

    title = _("báo cáo")
    parameter_name = "bao_cao"
    NONE = "khong"

    def lookups(self, request, model_admin):
        return [(report.value or self.NONE, report.label) for report in Report]

    def queryset(self, request, rows):
        if not self.value():
            return rows
        return rows.filter(state=OutgoingMessage.State.SENT, report="" if self.value() == self.NONE else self.value())


class ProviderFilter(admin.SimpleListFilter):
    """Those of the settings."""

    title = _("nhà cung cấp")
    parameter_name = "nha_cung_cap"

    def lookups(self, request, model_admin):
        return [(name, name_of(name)) for name in [*(gateway["NAME"] for gateway in settings.SMS_GATEWAYS), MAIL_SERVER]]

    def queryset(self, request, rows):
        return rows.filter(provider=self.value()) if self.value() else rows


class PeriodFilter(admin.SimpleListFilter):
    """When it was written."""

    title = _("thời gian")
    parameter_name = "thoi_gian"
    DAYS = {"1": _("24 giờ qua"), "7": _("7 ngày qua"), "30": _("30 ngày qua")}

    def lookups(self, request, model_admin):
        return self.DAYS.items()

    def queryset(self, request, rows):
        if self.value() not in self.DAYS:
            return rows
        return rows.filter(created_at__gte=timezone.now() - datetime.timedelta(days=int(self.value())))


class AnsweredFilter(admin.SimpleListFilter):
    """Whether a text to the short code was answered."""

    title = _("trả lời")
    parameter_name = "tra_loi"

    def lookups(self, request, model_admin):
        return [("roi", _("Đã trả lời")), ("chua", _("Chưa trả lời"))]

    def queryset(self, request, rows):
        return rows.filter(answered_at__isnull=self.value() == "chua") if self.value() in ("roi", "chua") else rows
