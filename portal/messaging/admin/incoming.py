"""Texts to the short code, by their command only."""

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.admin import site
from portal.messaging import commands
from portal.messaging.admin import search
from portal.messaging.admin.filters import AnsweredFilter
from portal.messaging.admin.rights import ForOperators
from portal.messaging.models import IncomingSms
from portal.paging import CappedPaginator, PagedList
from portal.templatetags.portal import moment


class Received(PagedList):
    foot = gettext_lazy("Tin {first}–{last} trong {total}")


@admin.register(IncomingSms, site=site)
class IncomingSmsAdmin(ForOperators):
    list_display = ("sender_shown", "first_word", "when")
    list_filter = (AnsweredFilter,)
    search_fields = ("sender", "provider_id")
    search_help_text = gettext_lazy("Tìm số điện thoại, mã của nhà mạng")
    ordering = ("-pk",)
    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 25
    list_max_show_all = 25
    fields = ("sender_shown", "first_word", "provider_id", "received_at", "answered_at")
    readonly_fields = fields

    def get_changelist(self, request, **kwargs):
        return Received

    def get_search_results(self, request, queryset, search_term):
        return search.incoming(queryset, search_term), False

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"title": _("Tin nhận được")} | (extra_context or {}))

    def change_view(self, request, object_id, form_url="", extra_context=None):
        titles = {"title": _("Một tin nhận được"), "subtitle": None}
        return super().change_view(request, object_id, form_url, titles | (extra_context or {}))

    @admin.display(description=gettext_lazy("người gửi"), ordering="sender")
    def sender_shown(self, row):
        return row.masked_sender

    @admin.display(description=gettext_lazy("cú pháp"))
    def first_word(self, row):
        """Its command only: after “TK” follow a name, an ID number and a birth date."""
        word = commands.word(row.text)
        return _("Chưa đúng cú pháp") if word == commands.UNKNOWN else word

    @admin.display(description=gettext_lazy("thời gian"), ordering="pk")
    def when(self, row):
        answered = _("Trả lời lúc {at}").format(at=moment(row.answered_at)) if row.answered_at else _("Chưa trả lời")
        return format_html('{}<span class="subline">{}</span>', _("Nhận lúc {at}").format(at=moment(row.received_at)), answered)
