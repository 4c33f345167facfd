"""The forms of “Khiếu nại”: what the claimant says, and how the outcome is asked for."""

import re

from django import forms
from django.conf import settings
from django.template.defaultfilters import capfirst
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import identity
from accounts.disputes import drafts
from accounts.forms.identity import IdentityForm
from accounts.models import DisputePhoto
from portal import doors
from portal.captcha import CaptchaField
from portal.fields import EmailField, NationalIdField, PhoneField, TidyField, cleaned_digits
from portal.templatetags.portal import file_size

Side = DisputePhoto.Side


class PhotoField(forms.FileField):
    """One photograph of the card; one kept from before need not be chosen again."""

    widget = forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/heic,image/heif"})

    def clean(self, data, initial=None):
        # Judged and kept before the form is: a mistake elsewhere must not cost a photograph.
        return None


class DisputeForm(IdentityForm):
    """Who claims which number, from which phone, with which photographs."""

    taken_is_an_error = False

    phone = PhoneField(label=_("Số thuê bao di động"), help_text=_("Mã OTP và câu trả lời gửi về số này"))
    email = EmailField(label=_("Email (không bắt buộc)"), required=False, max_length=254)
    statement = TidyField(
        label=_("Trình bày (không bắt buộc)"),
        required=False,
        max_length=500,
        help_text=_("Ví dụ: tôi chưa từng đăng ký tài khoản, hoặc tài khoản do người khác lập"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": _("Phần trình bày dài quá 500 chữ cái. Viết ngắn lại.")},
    )
    front = PhotoField(label=_("Ảnh mặt trước thẻ"))
    back = PhotoField(label=_("Ảnh mặt sau thẻ"))
    holder = PhotoField(label=_("Ảnh Ông/Bà cầm thẻ (không bắt buộc)"), required=False)
    consent = forms.BooleanField(
        label=_("Tôi đồng ý để cán bộ xem ảnh thẻ và thông tin trên để giải quyết khiếu nại này."),
        error_messages={
            "required": _("Đánh dấu ô đồng ý để gửi. Nếu không đồng ý, Ông/Bà có thể mang thẻ đến bộ phận một cửa."),
        },
    )

    def __init__(self, *args, draft=None, refusals=None, **kwargs):
        self.refusals = refusals or {}
        super().__init__(*args, **kwargs)
        self.kept = drafts.kept(draft)
        for side in Side:
            self._say_what_is_kept(side)
        if not drafts.solved(draft):
            self.fields["captcha"] = CaptchaField()

    def _say_what_is_kept(self, side):
        field, photo = self.fields[side], self.kept.get(side)
        if photo:
            field.help_text = gettext("Đã có {photo} ({size}). Chọn ảnh khác để thay.").format(
                photo=_uncapitalised(side.label), size=file_size(photo.size)
            )
            field.required = False
        else:
            field.help_text = gettext("JPG, PNG hoặc HEIC, không quá {n} MB. Thấy rõ bốn góc và chữ").format(n=settings.UPLOAD_FILE_MB)

    def clean_national_id(self):
        number = super().clean_national_id()
        # The same answer, under the same caps, as the form that registers.
        self.count_lookup(number)
        if not identity.is_taken(number):
            if doors.standing().any:
                self.fields["national_id"].advice = format_html(
                    _("Ông/Bà có thể <a href='{signup}'><b>đăng ký</b></a> bằng số này ngay."), signup=reverse("accounts:signup")
                )
            raise forms.ValidationError(_("Số CCCD/CMND này chưa có tài khoản nên không cần khiếu nại."), code="free")
        return number

    def clean(self):
        data = super().clean()
        for side in Side:
            if side in self.refusals:
                self.add_error(side, self.refusals[side])
            elif side not in self.kept and self.fields[side].required:
                self.add_error(side, gettext("Chụp hoặc chọn {photo}.").format(photo=_uncapitalised(side.label)))
        return data

    @property
    def solved_now(self) -> bool:
        """Whether a code was answered, and rightly."""
        return bool(self.is_bound and "captcha" in self.fields and self.cleaned_data.get("captcha"))

    @property
    def guessed(self) -> bool:
        """Whether a code was answered wrongly; an empty box is no guess."""
        return any(error.code in ("wrong", "gone") for error in self.errors.as_data().get("captcha", []))

    def claim(self) -> dict:
        """What is kept of it, as the claimant's facts."""
        names = ("phone", "email", "statement")
        return self.person() | {name: self.cleaned_data[name] for name in names}


def _uncapitalised(label) -> str:
    label = capfirst(str(label))
    return label[:1].lower() + label[1:]


class ClaimForm(forms.Form):
    """Whose claim it is: the ticket code and the number on the card."""

    stars = False

    code = forms.CharField(
        label=_("Mã khiếu nại"),
        max_length=40,
        help_text=_("Trong tin nhắn, ví dụ KN-261118-0042"),
        error_messages={"required": _("Nhập mã khiếu nại, ví dụ KN-261118-0042.")},
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}),
    )
    national_id = NationalIdField(label=_("Số CMND/CCCD"))

    def clean_code(self):
        digits = re.sub(r"\D", "", cleaned_digits(self.cleaned_data["code"]))
        if not digits.isascii() or len(digits) < 10:
            raise forms.ValidationError(_("Mã khiếu nại chưa đúng dạng, ví dụ KN-261118-0042. Xem lại tin nhắn."))
        return f"KN-{digits[:6]}-{digits[6:16]}"


class DecisionForm(forms.Form):
    """An official's reason, which the claimant reads."""

    stars = False

    reason = TidyField(
        label=_("Lý do"),
        min_length=10,
        max_length=500,
        help_text=_("Người khiếu nại đọc nguyên văn. Không ghi số giấy tờ hay thông tin của tài khoản kia"),
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": _("Ghi lý do: người khiếu nại cần biết vì sao."),
            "min_length": _("Lý do ngắn quá. Ghi rõ đã đối chiếu những gì."),
            "max_length": _("Lý do dài quá 500 chữ cái. Viết ngắn lại."),
        },
    )
