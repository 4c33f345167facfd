"""What is asked of someone who looks up a dossier."""

from django import forms
from django.utils.translation import gettext_lazy as _

from dossiers import receipt
from portal.captcha import CaptchaField


class TrackingForm(forms.Form):
    ma = forms.CharField(
        label=_("Mã biên nhận"),
        max_length=60,
        help_text=_("In trên giấy tiếp nhận hoặc trong tin nhắn, ví dụ H15.24.133-261118-0007"),
        error_messages={"required": _("Nhập mã biên nhận.")},
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}),
    )
    so = forms.CharField(
        label=_("4 số cuối CCCD hoặc số điện thoại của người nộp"),
        required=False,
        max_length=12,
        help_text=_("Không bắt buộc. Nhập để xem thêm lý do và tên người nộp đã che bớt."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, *args, asks_code=False, **kwargs):
        super().__init__(*args, **kwargs)
        if asks_code:
            told = _("Đã tra cứu nhiều lần trong 10 phút. Nhập 5 chữ số trong hình hoặc nghe mã để xem tiếp.")
            self.fields["captcha"] = CaptchaField(help_text=told)
            # The proof of a signed link survives the question.
            self.fields["khoa"] = forms.CharField(required=False, widget=forms.HiddenInput)

    @property
    def guessed(self) -> bool:
        """Whether a code was answered wrongly; an empty box is no guess."""
        return any(error.code in ("wrong", "gone") for error in self.errors.as_data().get("captcha", []))

    def clean_ma(self):
        typed = self.cleaned_data["ma"]
        try:
            receipt.parse(typed)
        except ValueError:
            raise forms.ValidationError(_("Mã biên nhận chưa đúng dạng, ví dụ H15.24.133-261118-0007. Xem lại giấy tiếp nhận.")) from None
        return typed

    def clean_so(self):
        digits = "".join(letter for letter in self.cleaned_data["so"] if not letter.isspace())
        if digits and not (digits.isascii() and digits.isdigit() and len(digits) == 4):
            raise forms.ValidationError(_("Nhập đúng 4 chữ số cuối, hoặc để trống."))
        return digits
