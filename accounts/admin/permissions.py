"""Who may look at accounts on the officials' site."""


class SuperusersOnly:
    """Personal data of everybody: agencies see theirs through their dossiers, not here."""

    def has_module_permission(self, request):
        return request.user.is_superuser

    def has_view_permission(self, request, obj=None):
        return request.user.is_superuser

    has_change_permission = has_add_permission = has_view_permission

    # Dossiers stay by archive law, so the account they name does too.
    def has_delete_permission(self, request, obj=None):
        return False
