"""Who sees the lists on which officials decide about accounts."""


class ForDeciders:
    """Superusers, and whoever was given the right to change the model. Nothing is added, edited or deleted by hand."""

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}")

    has_module_permission = has_view_permission

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    has_delete_permission = has_change_permission
