"""Who may look at messages: all of them, or those about the dossiers of their own agency."""

from django.contrib import admin

from portal.lookups import OnlyItsFilters


def operates(user) -> bool:
    """Whether this official keeps the sending running for everybody; an administrator does."""
    return user.has_perm("messaging.operate_messages")


class ReadOnlyAdmin(OnlyItsFilters, admin.ModelAdmin):
    """A record of what happened: looked at, never written."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class ForOperators(ReadOnlyAdmin):
    """What concerns all agencies at once."""

    def has_view_permission(self, request, obj=None):
        return operates(request.user)

    has_module_permission = has_view_permission
