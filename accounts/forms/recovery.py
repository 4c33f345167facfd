"""“Quên mật khẩu”: whose."""

from django import forms
from django.utils.translation import gettext_lazy as _


class RecoveryForm(forms.Form):
    """Whose password was forgotten; the answer is the same whether or not there is such an account."""

    stars = False

    login = forms.CharField(
        label=_("Tên đăng nhập"),
        help_text=_("CCCD/CMND, số điện thoại hoặc thư điện tử"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": _("Nhập tên đăng nhập.")},
    )
