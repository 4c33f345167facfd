"""Who somebody is, as every door asks it: name, ID number, birth date."""

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import identity
from portal import callers, throttle
from portal.fields import BirthDateField, NameField, NationalIdField

HOUR = 3600


class IdentityForm(forms.Form):
    """Name, ID number and birth date that fit each other; and, where it matters, a number that is free."""

    # A dispute is about a number that is taken.
    taken_is_an_error = True

    full_name = NameField(label=_("Họ và tên"))
    national_id = NationalIdField(label=_("Số CMND/CCCD"))
    birth_date = BirthDateField(label=_("Ngày sinh"))

    def __init__(self, *args, request=None, **kwargs):
        self.request = request
        super().__init__(*args, **kwargs)

    def clean_national_id(self):
        number = self.cleaned_data["national_id"]
        if self.taken_is_an_error:
            self.count_lookup(number)
            if identity.is_taken(number):
                self.say_taken()
                raise forms.ValidationError(_("Số CCCD/CMND này đã có tài khoản."), code="taken")
        return number

    def count_lookup(self, number):
        """Saying that a number has an account tells something: so many different numbers an hour, then TooMany."""
        most = settings.ID_CHECKS_PER_HOUR
        callers.check_distinct(self.request, "id-address", number, limit=most, seconds=HOUR)
        throttle.check_distinct("id-session", callers.visitor(self.request), number, limit=most, seconds=HOUR)

    def say_taken(self):
        """The two ways out, drawn under the field."""
        self.fields["national_id"].advice = format_html(
            _(
                "Chọn <a href='{recovery}'><b>Quên mật khẩu</b></a> để lấy lại mật khẩu, hoặc "
                "<a href='{dispute}'><b>khiếu nại</b></a> nếu đó không phải tài khoản của Ông/Bà."
            ),
            recovery=reverse("account_reset_password"),
            dispute=reverse("accounts:dispute"),
        )

    def clean(self):
        data = super().clean()
        number, born = data.get("national_id"), data.get("birth_date")
        if born:
            # Without a valid number only the age can be judged.
            for mistake in identity.mistakes(number or "", born):
                self.add_error("birth_date", forms.ValidationError(self.in_words(mistake), code=mistake))
        return data

    def in_words(self, mistake):
        if mistake == identity.UNDER_AGE:
            return gettext(
                "Người dưới {age} tuổi chưa tự đăng ký được. Cha, mẹ hoặc người giám hộ đăng ký tài khoản của mình rồi nộp hồ sơ thay."
            ).format(age=settings.MINIMUM_AGE)
        return gettext("Năm sinh chưa khớp với số CCCD ở trên. Kiểm tra lại ngày sinh và số CCCD.")

    def person(self):
        """The same as fields of an account."""
        born = self.cleaned_data["birth_date"]
        return {
            "full_name": self.cleaned_data["full_name"],
            "national_id": self.cleaned_data["national_id"],
            "birth_date": born.date,
            "birth_year_only": born.year_only,
        }
