"""The catalogue in the admin: kept by those who have that post, and by the administrator."""

import json
import re

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.db import models
from django.forms.fields import InvalidJSONInput
from django.utils.translation import gettext_lazy as _

from portal.admin import site
from portal.text import folded
from procedures.models import Agency, Fee, Official, Procedure, ProcedureVersion, RequiredDocument


def keeps_catalogue(user) -> bool:
    """Whether the catalogue is this user's work."""
    official = getattr(user, "official", None)
    return user.is_superuser or (official is not None and official.role == Official.Role.CATALOGUE)


class KnownOnly:
    """Draws again only what could be a row: Django looks up whatever was posted, and fails over letters."""

    def optgroups(self, name, value, attr=None):
        return super().optgroups(name, [one for one in value if re.fullmatch(r"[0-9]{1,18}", str(one))], attr)


class SearchedSelect(KnownOnly, AutocompleteSelect):
    """One row, found by typing."""


class SearchedSelectMultiple(KnownOnly, AutocompleteSelectMultiple):
    """Several rows, found by typing."""


class SearchedFields:
    """Draws `autocomplete_fields` with the selects above."""

    def formfield_for_foreignkey(self, db_field, request, **options):
        if db_field.name in self.autocomplete_fields:
            options["widget"] = SearchedSelect(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **options)

    def formfield_for_manytomany(self, db_field, request, **options):
        if db_field.name in self.autocomplete_fields:
            options["widget"] = SearchedSelectMultiple(db_field, self.admin_site)
        return super().formfield_for_manytomany(db_field, request, **options)


class ListField(forms.JSONField):
    """What is no JSON, or none that PostgreSQL can hold, is told and not stumbled over."""

    def to_python(self, value):
        try:
            read = super().to_python(value)
        except (ValueError, RecursionError):  # numbers without end, brackets without end
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid", params={"value": ""}) from None
        if "\\u0000" in json.dumps(read):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid", params={"value": ""})
        return read

    def bound_data(self, data, initial):
        try:
            return super().bound_data(data, initial)
        except (ValueError, RecursionError):
            return InvalidJSONInput(data)


class CatalogueAdmin(SearchedFields, admin.ModelAdmin):
    """Open to those who keep the catalogue; nothing in it is deleted, since old dossiers lean on it."""

    formfield_overrides = {models.JSONField: {"form_class": ListField}}

    def has_module_permission(self, request):
        return keeps_catalogue(request.user)

    def has_view_permission(self, request, obj=None):
        return keeps_catalogue(request.user)

    def has_add_permission(self, request):
        return keeps_catalogue(request.user)

    def has_change_permission(self, request, obj=None):
        return keeps_catalogue(request.user)

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Agency, site=site)
class AgencyAdmin(CatalogueAdmin):
    list_display = ["short_name", "level", "identifier", "identifier_is_placeholder", "name_verified"]
    list_filter = ["level", "kind", "identifier_is_placeholder", "name_verified"]
    search_fields = ["sort_key", "identifier", "admin_code"]
    ordering = ["sort_key"]
    autocomplete_fields = ["parent"]

    def get_readonly_fields(self, request, obj=None):
        """The key ties the row to the loaded data."""
        return ["key"] if obj else []

    def get_search_results(self, request, queryset, search_term):
        return super().get_search_results(request, queryset, folded(search_term))


@admin.register(Official, site=site)
class OfficialAdmin(SearchedFields, admin.ModelAdmin):
    """Who is posted where: the administrator's decision alone."""

    list_display = ["user", "agency", "role", "title"]
    list_filter = ["role"]
    list_select_related = ["user", "agency"]
    search_fields = ["user__full_name", "user__username", "agency__sort_key"]
    raw_id_fields = ["user"]
    autocomplete_fields = ["agency"]

    def has_module_permission(self, request):
        return request.user.is_superuser


class Fixed:
    """Parts of a version: open in a draft, only to be read once it is published."""

    extra = 0

    def has_view_permission(self, request, obj=None):
        return keeps_catalogue(request.user)

    def _open(self, request, version):
        return keeps_catalogue(request.user) and (version is None or version.published_at is None)

    def has_add_permission(self, request, obj=None):
        return self._open(request, obj)

    def has_change_permission(self, request, obj=None):
        return self._open(request, obj)

    def has_delete_permission(self, request, obj=None):
        return self._open(request, obj)


class DocumentInline(Fixed, admin.TabularInline):
    model = RequiredDocument


class FeeInline(Fixed, admin.TabularInline):
    model = Fee


class VersionInline(admin.TabularInline):
    """The versions of a procedure, newest first; each opens on its own page."""

    model = ProcedureVersion
    fields = readonly_fields = ["number", "valid_from", "valid_to", "published_at", "service_level"]
    ordering = ["-number"]
    extra = 0
    show_change_link = True
    can_delete = False
    fk_name = "procedure"

    def has_view_permission(self, request, obj=None):
        return keeps_catalogue(request.user)

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


@admin.register(Procedure, site=site)
class ProcedureAdmin(CatalogueAdmin):
    list_display = ["code", "short_name", "field", "level", "current"]
    list_filter = ["level", "field"]
    list_select_related = ["current__procedure"]
    search_fields = ["code", "search_text"]
    ordering = ["sort_key"]
    fields = ["code", "short_name", "field", "level", "synonyms", "current"]
    readonly_fields = ["current"]
    inlines = [VersionInline]
    actions = ["start_new_version"]

    def get_search_results(self, request, queryset, search_term):
        return (queryset.search(search_term) if search_term else queryset), False

    @admin.action(description=_("Soạn bản mới từ bản đang dùng"))
    def start_new_version(self, request, queryset):
        drafts = [procedure.current.draft_next() for procedure in queryset.filter(current__isnull=False).select_related("current")]
        self.message_user(request, _("Đã tạo {n} bản nháp. Mở từng thủ tục để sửa và công bố.").format(n=len(drafts)), messages.SUCCESS)


@admin.register(ProcedureVersion, site=site)
class ProcedureVersionAdmin(CatalogueAdmin):
    list_display = ["procedure", "number", "valid_from", "valid_to", "published_at"]
    list_select_related = ["procedure"]
    search_fields = ["procedure__search_text", "procedure__code"]
    autocomplete_fields = ["agencies"]
    readonly_fields = ["procedure", "number", "published_at", "valid_from", "valid_to", "source", "source_seen"]
    inlines = [DocumentInline, FeeInline]
    actions = ["publish"]

    def has_add_permission(self, request):
        """A version begins as a copy of the one in force (an action on procedures)."""
        return False

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or obj.published_at is None)

    @admin.action(description=_("Công bố bản nháp đã chọn"))
    def publish(self, request, queryset):
        drafts = list(queryset.filter(published_at__isnull=True))
        for version in drafts:
            version.publish()
        self.message_user(request, _("Đã công bố {n} bản.").format(n=len(drafts)), messages.SUCCESS)
