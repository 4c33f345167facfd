"""The one-time code as it is typed."""

import re

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.fields import cleaned_digits


class CodeForm(forms.Form):
    """Six digits from the newest message; spaces and hyphens between them are nobody's mistake."""

    stars = False

    code = forms.CharField(
        label=_("Mã OTP"),
        help_text=_("6 chữ số trong tin nhắn mới nhất"),
        error_messages={"required": _("Nhập mã OTP gồm 6 chữ số.")},
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "pattern": "[0-9 ]*", "spellcheck": "false"}
        ),
    )
    code.css = "code-input"
    remember = forms.BooleanField(required=False)

    def __init__(self, *args, remember=False, **kwargs):
        super().__init__(*args, **kwargs)
        if remember:
            self.fields["remember"].label = gettext("Nhớ thiết bị này {n} ngày").format(n=settings.TRUSTED_DEVICE_DAYS)
        else:
            del self.fields["remember"]

    def clean_code(self):
        digits = re.sub(r"[\s\-.]", "", cleaned_digits(self.cleaned_data["code"]))
        if not (digits.isascii() and digits.isdigit()):
            raise forms.ValidationError(_("Mã OTP chỉ gồm chữ số. Xem lại tin nhắn mới nhất."))
        if len(digits) != settings.OTP_DIGITS:
            raise forms.ValidationError(gettext("Mã vừa nhập có {n} chữ số, cần đủ 6 chữ số.").format(n=len(digits)))
        return digits
