"""Texts to the short code, by their command only."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from portal.admin import site
from portal.messaging import commands, search
from portal.messaging.admin.rights import ForOperators
from portal.messaging.models import IncomingSms
from portal.paging import CappedPaginator


@admin.register(IncomingSms, site=site)
class IncomingSmsAdmin(ForOperators):
    list_display = ("sender_shown", "first_word", "received_at", "answered_at")
    list_filter = (("answered_at", admin.EmptyFieldListFilter),)
    search_fields = ("sender", "provider_id")
    search_help_text = _("Tìm số điện thoại, mã của nhà mạng")
    ordering = ("-pk",)
    paginator = CappedPaginator
    show_full_result_count = False
    fields = ("sender_shown", "first_word", "provider_id", "received_at", "answered_at")
    readonly_fields = fields

    def get_search_results(self, request, queryset, search_term):
        return search.incoming(queryset, search_term), False

    @admin.display(description=_("người gửi"), ordering="sender")
    def sender_shown(self, row):
        return row.masked_sender

    @admin.display(description=_("tin nhắn"))
    def first_word(self, row):
        """Its command only: after “TK” follow a name, an ID number and a birth date."""
        return commands.word(row.text)
