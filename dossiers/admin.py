"""Officials at their desk: the list is the queue, a dossier is read-only, each move is a page with one form."""

import dataclasses

from django.contrib import admin, messages
from django.contrib.admin.templatetags.admin_list import result_headers
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from dossiers import access, desk, dossier_page, move_forms, moves, papers, status, words
from dossiers.models import Dossier
from dossiers.status import OPEN, NotAllowed, Status
from portal.admin import site
from portal.lookups import OnlyItsFilters
from portal.paging import CappedPaginator, PagedList
from portal.templatetags.portal import moment
from procedures.models import Procedure

ALL = "tat_ca"
# Moves that end a dossier against the citizen's wish: their buttons warn.
GRAVE = frozenset({"refuse", "stop"})


class QueueFilter(admin.SimpleListFilter):
    """One queue of the desk; by itself the desk shows what is open, a search or a status looks everywhere."""

    title = gettext_lazy("hàng đợi")
    parameter_name = "hang"

    def lookups(self, request, model_admin):
        return [(queue.key, queue.name) for queue in desk.QUEUES] + [(ALL, gettext_lazy("Tất cả hồ sơ"))]

    def queryset(self, request, queryset):
        if self.value() in desk.BY_KEY:
            return queryset.filter(desk.BY_KEY[self.value()].condition(timezone.now()))
        looks_everywhere = self.value() == ALL or request.GET.get("q") or request.GET.get(StatusFilter.parameter_name)
        return queryset if looks_everywhere else queryset.filter(status__in=OPEN)


class StatusFilter(admin.SimpleListFilter):
    title = gettext_lazy("trạng thái")
    parameter_name = "trang_thai"

    def lookups(self, request, model_admin):
        return [(str(one.value), one.label) for one in Status if one != Status.DRAFT]

    def queryset(self, request, queryset):
        wanted = self.value()
        return queryset.filter(status=int(wanted)) if wanted and wanted.isdecimal() and int(wanted) in Status.values else queryset


class ProcedureFilter(admin.SimpleListFilter):
    title = gettext_lazy("thủ tục")
    parameter_name = "thu_tuc"

    def lookups(self, request, model_admin):
        return list(Procedure.objects.filter(current__isnull=False).order_by("sort_key").values_list("code", "short_name"))

    def queryset(self, request, queryset):
        return queryset.filter(version__procedure__code=self.value()) if self.value() else queryset


class Desk(PagedList):
    """The list with what its own table draws: headers that sort, and rows with the time left."""

    foot = gettext_lazy("Hồ sơ {first}–{last} trong {total}")

    def get_results(self, request):
        super().get_results(request)
        at = timezone.now()
        self.headers = list(result_headers(self))
        self.rows = [
            {"dossier": dossier, "pill": official_pill(dossier), "time": desk.time_left(dossier, at)} for dossier in self.result_list
        ]
        for spec in self.filter_specs:
            spec.drawn = list(spec.choices(self))


def official_pill(dossier) -> words.Words:
    """The status as citizens see it drawn, under its national name, which officials and exports keep."""
    return dataclasses.replace(words.pill(dossier.status), word=Status(dossier.status).label)


@admin.register(Dossier, site=site)
class DossierAdmin(OnlyItsFilters, admin.ModelAdmin):
    list_display = ("receipt", "matter", "state", "term")
    list_display_links = None
    list_filter = (QueueFilter, StatusFilter, ProcedureFilter)
    search_fields = ("receipt_key",)
    search_help_text = gettext_lazy("Tìm mã, họ tên, số CCCD")
    list_per_page = 25
    list_max_show_all = 25
    # Counting every dossier there is would take longer than the page.
    show_full_result_count = False
    paginator = CappedPaginator
    actions = None

    # --- Who may what --------------------------------------------------------------------------
    # The site lets in only verified officials; which dossiers they see is the queryset's answer,
    # and what they may do with one is the table's. Nothing is added, edited or deleted here.

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def has_view_permission(self, request, obj=None):
        return site.has_permission(request)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_queryset(self, request):
        return Dossier.objects.visible_to(request.user).select_related("version__procedure", "agency")

    def get_urls(self):
        def own(view):
            return self.admin_site.admin_view(view)

        return [
            path("", own(self.changelist_view), name="dossiers_dossier_changelist"),
            path("<int:pk>/", own(require_safe(self.dossier_view)), name="dossiers_dossier_change"),
            path("<int:pk>/<str:verb>/", own(require_http_methods(["GET", "HEAD", "POST"])(self.move_view)), name="dossiers_dossier_move"),
        ]

    def menu_entries(self, request):
        desk_url = reverse("admin:dossiers_dossier_changelist")
        here = request.path == desk_url
        everything = request.GET.get(QueueFilter.parameter_name) == ALL
        return [
            {"label": _("Bàn làm việc"), "url": desk_url, "current": here and not everything},
            {"label": _("Tất cả hồ sơ"), "url": f"{desk_url}?{QueueFilter.parameter_name}={ALL}", "current": here and everything},
        ]

    # --- The list ------------------------------------------------------------------------------

    def get_changelist(self, request, **kwargs):
        return Desk

    def get_ordering(self, request):
        looks_everywhere = request.GET.get(QueueFilter.parameter_name) == ALL or request.GET.get(StatusFilter.parameter_name)
        return ["-pk"] if looks_everywhere else list(desk.DUE_FIRST)

    def get_search_results(self, request, queryset, search_term):
        return (desk.search(queryset, search_term) if search_term.strip() else queryset), False

    @admin.display(description=gettext_lazy("Mã biên nhận"), ordering="receipt_key")
    def receipt(self, dossier):
        return dossier.receipt_code

    @admin.display(description=gettext_lazy("Thủ tục, người nộp"))
    def matter(self, dossier):
        return dossier.version.procedure.short_name

    @admin.display(description=gettext_lazy("Trạng thái"), ordering="status")
    def state(self, dossier):
        return dossier.get_status_display()

    @admin.display(description=gettext_lazy("Thời hạn"), ordering="due_at")
    def term(self, dossier):
        return dossier.due_at

    def changelist_view(self, request, extra_context=None):
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        at = timezone.now()
        counts = desk.numbers(self.get_queryset(request), at)
        current = request.GET.get(QueueFilter.parameter_name)
        official = getattr(request.user, "official", None)
        context = {
            "title": _("Tất cả hồ sơ") if current == ALL else _("Bàn làm việc"),
            "subtitle": desk.today(at, official and official.agency),
            "queues": [(queue, counts[queue.key], queue.key == current) for queue in desk.QUEUES],
            "queue": desk.BY_KEY.get(current),
            "queue_parameter": QueueFilter.parameter_name,
            "without_post": official is None and not request.user.is_superuser,
        }
        return super().changelist_view(request, context | (extra_context or {}))

    # --- One dossier ---------------------------------------------------------------------------

    def _visible(self, request, pk) -> Dossier:
        """The dossier, if it lies before this official; a stranger's does not exist."""
        dossier = self.get_queryset(request).filter(pk=pk).first()
        if dossier is None:
            raise Http404
        return dossier

    def dossier_view(self, request, pk):
        dossier = self._visible(request, pk)
        access.log(dossier, request.user, _("Xem hồ sơ"))
        at = timezone.now()
        context = self._page(request, dossier) | {
            "title": dossier.version.procedure.short_name,
            "sections": dossier_page.sections(dossier),
            "papers": papers.of(dossier),
            "time": desk.time_left(dossier, at),
            "awaits_answer": dossier.status == Status.SUBMITTED,
            "history": dossier_page.history(dossier),
            "accesses": list(dossier.accesses.select_related("user")[:20]),
            "moves": [
                {"label": move.label, "url": reverse("admin:dossiers_dossier_move", args=[pk, verb]), "grave": verb in GRAVE}
                for verb, move in moves.available(dossier, request.user, at=at)
            ],
        }
        return TemplateResponse(request, "admin/dossiers/dossier/change_form.html", context)

    def move_view(self, request, pk, verb):
        """One move: its form, what the citizen will read, and then the verb itself."""
        dossier = self._visible(request, pk)
        if verb not in status.MOVES or status.MOVES[verb][0].who == status.CITIZEN:
            raise Http404
        try:
            move = moves.check(dossier, verb, status.roles_of(request.user, dossier), timezone.now())
        except NotAllowed as refusal:
            return self._told(request, dossier, refusal)
        to_mark = papers.of(dossier) if verb == "ask_supplement" else []
        form = move_forms.form_for(verb, dossier, to_mark, request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid() and "preview" not in request.POST:
            try:
                dossier.move(verb, by=request.user, note=form.message(), **form.extra())
            except NotAllowed as refusal:
                return self._told(request, dossier, refusal)
            except ValidationError as problems:
                _put_on_form(form, problems)
            else:
                messages.success(
                    request,
                    _("Đã {move}. Hồ sơ ở trạng thái “{status}”.").format(move=_small(move.label), status=dossier.get_status_display()),
                )
                return redirect("admin:dossiers_dossier_change", pk)
        if request.method != "POST":
            access.log(dossier, request.user, _("Mở việc “{move}”").format(move=move.label))
        context = self._page(request, dossier) | {
            "title": move.label,
            "grave": verb in GRAVE,
            "form": form,
            "is_supplement_request": verb == "ask_supplement",
            "preview": dossier_page.preview(dossier, verb, move, form, request.user),
        }
        return TemplateResponse(request, "admin/dossiers/dossier/move.html", context)

    def _page(self, request, dossier):
        """What every page of one dossier shows around its matter."""
        request.current_app = self.admin_site.name
        # The dossier fills the width; the menu is one click away, through the desk.
        return self.admin_site.each_context(request) | {
            "available_apps": [],
            "opts": self.opts,
            "dossier": dossier,
            "pill": official_pill(dossier),
        }

    def _told(self, request, dossier, refusal):
        """Somebody was faster, or it is not for this person: said in words, back at the dossier."""
        dossier.refresh_from_db()
        last = dossier.events.last()
        told = str(refusal)
        if last is not None and last.actor_id != request.user.pk:
            told += " " + _("Việc gần nhất: {name}, lúc {at}, chuyển sang “{status}”.").format(
                name=last.actor_name, at=moment(last.at), status=Status(last.to_status).label
            )
        messages.warning(request, told)
        return redirect("admin:dossiers_dossier_change", dossier.pk)


def _put_on_form(form, problems):
    """A refusal of the move shown at the field it is about, if the form has that field."""
    if not hasattr(problems, "error_dict"):
        form.add_error(None, problems)
        return
    for field, errors in problems.error_dict.items():
        form.add_error(field if field in form.fields else None, errors)


def _small(label) -> str:
    """A button's label within a sentence: “Tiếp nhận” → “tiếp nhận”."""
    label = str(label)
    return label[:1].lower() + label[1:]
