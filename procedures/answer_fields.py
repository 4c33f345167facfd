"""The boxes in which answers are typed: numbers, years, times and paper numbers, as people write them."""

import datetime
import decimal
import re
import unicodedata

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import fields, identity

EARLIEST_YEAR, LATEST_YEAR = 1850, 2100
CLOCK = re.compile(r"(\d{1,2})\s*(?:[:hg.]|giờ)\s*(\d{1,2})?\s*(?:phút|p)?", re.IGNORECASE)
PAPERS = {
    "cccd": (rf"\d{{{identity.CCCD_DIGITS}}}", gettext_lazy("CCCD có 12 chữ số")),
    "cmnd": (rf"\d{{{identity.CMND_DIGITS}}}", gettext_lazy("CMND có 9 chữ số")),
    "tax": (r"\d{10}(\d{3})?", gettext_lazy("mã số thuế có 10 hoặc 13 chữ số")),
    "passport": (r"[A-Z]{1,2}\d{6,8}", gettext_lazy("hộ chiếu gồm chữ cái và 6–8 chữ số, ví dụ C1234567")),
}


class WrittenNumberField(forms.CharField):
    """A number as it is written here: 1.200, 1 200, 120,5."""

    css = "medium"

    def __init__(self, *, least, most, question, fraction=False, **options):
        self.least, self.most, self.question, self.fraction = least, most, question, fraction
        super().__init__(max_length=40, **options)
        self.widget.attrs["inputmode"] = "decimal" if fraction else "numeric"

    def to_python(self, value):
        typed = re.sub(r"\s|đồng$|đ$", "", fields.cleaned_digits(super().to_python(value)).lower())
        if not typed:
            return None
        number = self._read(typed)
        if number is None:
            example = "120,5" if self.fraction else "12"
            raise ValidationError(_("Nhập {question} bằng chữ số, ví dụ {example}.").format(question=self.question, example=example))
        if not self.least <= number <= self.most:
            least, most = written(self.least), written(self.most)
            raise ValidationError(_("Nhập {question} từ {least} đến {most}.").format(question=self.question, least=least, most=most))
        return number

    def _read(self, typed):
        if re.fullmatch(r"\d{1,3}(\.\d{3})+(,\d+)?|\d+(,\d+)?", typed):
            typed = typed.replace(".", "").replace(",", ".")
        elif not re.fullmatch(r"\d+\.\d+", typed):
            return None
        if len(typed) > 20:
            return None
        number = decimal.Decimal(typed)
        if self.fraction:
            return number.normalize() if number else decimal.Decimal(0)
        return int(number) if number == int(number) and "." not in typed else None

    def run_validators(self, value):
        """The validators of a text field say nothing about a number."""


def written(number) -> str:
    """1200.5 → 1.200,5."""
    whole, _point, fraction = f"{decimal.Decimal(str(number)):f}".partition(".")
    grouped = f"{int(whole):,}".replace(",", ".")
    return f"{grouped},{fraction}" if fraction.strip("0") else grouped


class YearField(forms.CharField):
    """A year up to this one."""

    css = "medium"

    def __init__(self, *, question, **options):
        self.question = question
        super().__init__(**options)
        self.widget.attrs["inputmode"] = "numeric"

    def to_python(self, value):
        typed = fields.cleaned_digits(super().to_python(value))
        this_year = timezone.localdate().year
        if not typed:
            return None
        if not re.fullmatch(r"[0-9]{4}", typed) or not EARLIEST_YEAR <= int(typed) <= this_year:
            raise ValidationError(_("Nhập {question} gồm 4 chữ số, không sau năm {year}.").format(question=self.question, year=this_year))
        return int(typed)

    def run_validators(self, value):
        """The validators of a text field say nothing about a year."""


def read_clock(typed: str) -> datetime.time | None:
    """8:12, 8h12, 8 giờ 12, 14h; None where it is no time."""
    found = CLOCK.fullmatch(unicodedata.normalize("NFC", typed.strip()))
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (24, 0)
    return datetime.time(hour, minute) if hour < 24 and minute < 60 else None


class ClockField(fields.HintedField):
    """A time of day as people write it."""

    css = "medium"
    hint = ""

    def to_python(self, value):
        typed = fields.cleaned_digits(super().to_python(value))
        if not typed:
            return None
        if (clock := read_clock(typed)) is None:
            raise ValidationError(_("Nhập giờ và phút, ví dụ 8:30."), code="invalid")
        return clock

    def run_validators(self, value):
        """The validators of a text field say nothing about a time."""


class DayAndClockField(fields.HintedField):
    """A day and a time in one box: 15/08/2026 8:30, 8:30 15/08/2026."""

    css = "medium"

    def to_python(self, value):
        typed = fields.cleaned_digits(super().to_python(value)).replace(",", " ")
        if not typed:
            return None
        found = re.search(r"\d{1,2}[/.\-]\d{1,2}[/.\-]\d{4}", typed)
        clock = read_clock(typed.replace(found.group(), "")) if found else None
        if clock is None:
            raise ValidationError(_("Nhập ngày và giờ, ví dụ 15/08/2026 8:30."), code="invalid")
        day = fields.VietnameseDateField().to_python(found.group())
        return timezone.make_aware(datetime.datetime.combine(day, clock))

    def run_validators(self, value):
        """The validators of a text field say nothing about a moment."""


class PaperNumberField(fields.HintedField):
    """The number of one of the papers the form takes; gives digits and capitals alone."""

    css = "medium"

    def __init__(self, *, accepts, **options):
        self.accepts = accepts
        super().__init__(max_length=30, **options)
        self.widget.attrs["autocomplete"] = "off"
        if "passport" not in accepts:
            self.widget.attrs["inputmode"] = "numeric"

    def to_python(self, value):
        number = identity.digits_of(fields.cleaned_digits(super().to_python(value))).upper()
        if not number or any(re.fullmatch(PAPERS[paper][0], number, re.ASCII) for paper in self.accepts):
            return number
        shapes = ", ".join(str(PAPERS[paper][1]) for paper in self.accepts)
        raise ValidationError(
            _("Số vừa nhập có {n} ký tự. {shapes}.").format(n=len(number), shapes=shapes[:1].upper() + shapes[1:]), code="invalid"
        )
