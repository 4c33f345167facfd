"""Fields that take what people type or paste: dates, phones, identity numbers, names.

Each says in its message what was read and what is expected, never that somebody was wrong.
"""

import datetime
import re
import unicodedata
from typing import NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal import identity, text


def cleaned_digits(typed: str) -> str:
    """Plain digits and separators: digits of other scripts and invisible signs come along when a number is pasted.

    A number in two scripts would be two numbers, and its owner could register twice.
    """
    plain = (letter for letter in unicodedata.normalize("NFKC", typed) if unicodedata.category(letter) != "Cf")
    return "".join(str(unicodedata.decimal(letter, letter)) for letter in plain).strip()


class HintedField(forms.CharField):
    """A text field that brings its own hint, attributes of the input, and width class."""

    css = ""
    hint = ""
    attrs: dict[str, str] = {}

    def __init__(self, **kwargs):
        kwargs.setdefault("help_text", self.hint)
        super().__init__(**kwargs)

    def widget_attrs(self, widget):
        return super().widget_attrs(widget) | {name: value for name, value in self.attrs.items() if name not in widget.attrs}


class TidyField(forms.CharField):
    """Text in one spelling of each accented letter, without surplus spaces; lines stay lines.

    Tidied before it is measured: a few letters grow longer in their one spelling.
    """

    def to_python(self, value):
        lines = super().to_python(value).splitlines()
        return "\n".join(text.nfc(line) for line in lines).strip()


class VietnameseDateField(HintedField):
    """A day in any spelling in use: 15/08/1980, 15.8.1980, 15 08 1980, 15081980, 1980-08-15."""

    css = "medium"
    hint = _("Ví dụ 15/08/1980. Gõ liền 15081980 cũng được")
    attrs = {"inputmode": "numeric", "autocomplete": "off"}
    default_error_messages = {
        "required": _("Nhập ngày, ví dụ 15/08/1980."),
        "invalid": _("Nhập ngày, ví dụ 15/08/1980."),
        "not_in_calendar": _("Ngày %(day)s/%(month)s/%(year)s không có trong lịch. Kiểm tra lại ngày và tháng."),
    }

    def to_python(self, value):
        if value in self.empty_values or isinstance(value, datetime.date):
            return value or None
        typed = cleaned_digits(str(value))
        if not typed:
            return None
        if iso := re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", typed):
            year, month, day = iso.groups()
        elif spelled := re.fullmatch(r"(\d{1,2})\s*[/.\-\s]\s*(\d{1,2})\s*[/.\-\s]\s*(\d{4})", typed) or re.fullmatch(
            r"(\d{2})(\d{2})(\d{4})", typed
        ):
            day, month, year = spelled.groups()
        else:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        try:
            return datetime.date(int(year), int(month), int(day))
        except ValueError:
            parts = {"day": day.zfill(2), "month": month.zfill(2), "year": year}
            raise ValidationError(self.error_messages["not_in_calendar"], code="not_in_calendar", params=parts) from None

    def run_validators(self, value):
        """The validators of a text field (its length, its NUL letters) say nothing about a date."""

    def prepare_value(self, value):
        return f"{value:%d/%m/%Y}" if isinstance(value, datetime.date) else value

    def has_changed(self, initial, data):
        try:
            return self.to_python(initial) != self.to_python(data)
        except ValidationError:
            return True


class BirthDate(NamedTuple):
    """A birth date as the card tells it; where the card holds only the year, the first of January stands for it."""

    date: datetime.date
    year_only: bool

    def __str__(self):
        return str(self.date.year) if self.year_only else f"{self.date:%d/%m/%Y}"


class BirthDateField(VietnameseDateField):
    """The birth date, or only its year where the card has no more. Gives a BirthDate."""

    attrs = {"inputmode": "numeric", "autocomplete": "bday"}
    default_error_messages = {
        "required": _("Nhập ngày sinh, ví dụ 15/08/1980."),
        "invalid": _("Nhập ngày sinh, ví dụ 15/08/1980."),
        "future": _("Ngày sinh không thể ở tương lai."),
        "too_old": _("Nhập ngày sinh, ví dụ 15/08/1980. Xem lại năm %(year)s."),
    }

    def to_python(self, value):
        if value in self.empty_values:
            return None
        if isinstance(value, BirthDate):
            return value
        year_only = isinstance(value, str) and re.fullmatch(r"\d{4}", cleaned_digits(value))
        born = BirthDate(super().to_python(f"01/01/{cleaned_digits(value)}" if year_only else value), bool(year_only))
        if born.date is None:
            return None
        today = timezone.localdate()
        if born.date > today:
            raise ValidationError(self.error_messages["future"], code="future")
        if born.date.year < today.year - 130:
            raise ValidationError(self.error_messages["too_old"], code="too_old", params={"year": born.date.year})
        return born

    def prepare_value(self, value):
        return str(value) if isinstance(value, BirthDate) else super().prepare_value(value)


class PhoneField(HintedField):
    """A Vietnamese mobile number in any spelling; gives +84…"""

    css = "medium"
    widget = forms.TextInput(attrs={"type": "tel"})
    attrs = {"autocomplete": "tel"}
    default_error_messages = {
        "required": _("Nhập số điện thoại di động, ví dụ 0912 345 678."),
        "length": _("Số vừa nhập có %(n)s chữ số. Số di động có 10 chữ số, bắt đầu bằng 03, 05, 07, 08 hoặc 09."),
        "letters": _("Số điện thoại chỉ gồm chữ số. Bỏ ký tự “%(x)s”."),
        "prefix": _("Đầu số %(prefix)s không phải đầu số di động. Số di động có 10 chữ số, bắt đầu bằng 03, 05, 07, 08 hoặc 09."),
    }

    def to_python(self, value):
        typed = cleaned_digits(super().to_python(value))
        if not typed:
            return ""
        try:
            return text.e164(typed)
        except ValueError:
            pass
        if stray := re.search(r"[^\d\s.()+\-]", typed):
            raise ValidationError(self.error_messages["letters"], code="letters", params={"x": stray.group()})
        digits = re.sub(r"^\+?84", "0", re.sub(r"[^\d+]", "", typed))
        if len(digits) != 10:
            raise ValidationError(self.error_messages["length"], code="length", params={"n": len(digits)})
        raise ValidationError(self.error_messages["prefix"], code="prefix", params={"prefix": digits[:3]})

    def prepare_value(self, value):
        return text.spoken_phone(value) if isinstance(value, str) else value


class NationalIdField(HintedField):
    """The number of an identity card: 12 digits, or the 9 of an old one; gives the digits alone."""

    css = "medium"
    hint = _("CCCD 12 chữ số, CMND 9 chữ số")
    attrs = {"inputmode": "numeric", "autocomplete": "off"}
    default_error_messages = {
        "required": _("Nhập số CCCD hoặc CMND."),
        "length": _("Số vừa nhập có %(n)s chữ số. CCCD có 12 chữ số, CMND có 9 chữ số."),
        "letters": _("Số CCCD/CMND chỉ gồm chữ số. Bỏ ký tự “%(x)s”."),
    }

    def to_python(self, value):
        digits = identity.digits_of(cleaned_digits(super().to_python(value)))
        if not digits:
            return ""
        if stray := re.search(r"\D", digits):
            raise ValidationError(self.error_messages["letters"], code="letters", params={"x": stray.group()})
        if len(digits) not in (identity.CMND_DIGITS, identity.CCCD_DIGITS):
            raise ValidationError(self.error_messages["length"], code="length", params={"n": len(digits)})
        return digits


class NameField(HintedField):
    """A person’s name in any of our languages: “H’Hen Niê”, “Y Ƀlĭk”; one word is a name."""

    MAX = 100
    hint = _("Ghi đúng như trên thẻ Căn cước")
    attrs = {"autocomplete": "name", "autocapitalize": "words", "spellcheck": "false"}
    default_error_messages = {
        "required": _("Nhập họ và tên như trên thẻ Căn cước."),
        "letters": _("Họ và tên chỉ gồm chữ, dấu cách, dấu nháy và gạch nối. Bỏ ký tự “%(x)s”."),
        "length": _("Họ và tên có %(n)s ký tự, nhiều nhất là 100."),
    }

    def to_python(self, value):
        name = text.nfc(super().to_python(value))
        for letter in name:
            if letter not in " '’‘ʼ-." and unicodedata.category(letter)[0] not in "LM":
                raise ValidationError(self.error_messages["letters"], code="letters", params={"x": letter})
        # Mail programs make a link of “evil.com”, and our letters greet by name.
        if re.search(r"\.[^\s.]", name):
            raise ValidationError(self.error_messages["letters"], code="letters", params={"x": "."})
        if len(name) > self.MAX:
            raise ValidationError(self.error_messages["length"], code="length", params={"n": len(name)})
        if name and not any(unicodedata.category(letter)[0] == "L" for letter in name):
            raise ValidationError(self.error_messages["required"], code="required")
        return name


class EmailField(HintedField):
    """An e-mail address, its host in lower case; letters that only look like another’s are turned into it or refused."""

    widget = forms.EmailInput
    attrs = {"autocomplete": "email"}
    default_error_messages = {
        "required": _("Nhập thư điện tử, ví dụ ten@gmail.com."),
        "no_host": _("Thư điện tử thiếu phần sau dấu @, ví dụ ten@gmail.com."),
        "invalid": _("Thư điện tử chưa đúng dạng, ví dụ ten@gmail.com."),
    }

    def to_python(self, value):
        address = unicodedata.normalize("NFKC", super().to_python(value))
        if not address:
            return ""
        name, _at, host = address.rpartition("@")
        if not name or "." not in host:
            raise ValidationError(self.error_messages["no_host"], code="no_host")
        address = f"{name}@{host.lower()}"
        try:
            if not name.isascii():
                raise ValidationError("")
            validate_email(address)
        except ValidationError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        return address
