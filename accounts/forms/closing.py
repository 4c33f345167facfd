"""Why an account is not deleted."""

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.fields import TidyField


class RefusalForm(forms.Form):
    """An official's reason, which the owner reads."""

    stars = False

    reason = TidyField(
        label=_("Lý do"),
        max_length=500,
        help_text=_("Chủ tài khoản đọc nguyên văn"),
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Ghi lý do để chủ tài khoản hiểu.")},
    )
