"""The kinds of question a declaration form may ask: how each is asked, stored and told.

An answer is stored as plain JSON: a date as 2026-11-25, money and numbers as integers, a decimal as
“120.5”, an address as its three parts. What could not be read yet is stored as it was typed, so
that a half-filled form loses nothing.
"""

import datetime
import decimal
import json
import re
from functools import cache
from pathlib import Path

from django import forms
from django.apps import apps
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import fields, text
from portal.templatetags.portal import clock as spoken_clock
from portal.templatetags.portal import figures, money
from portal.templatetags.portal import moment as spoken_moment
from procedures.addresses import AddressField
from procedures.answer_fields import (
    EARLIEST_YEAR,
    LATEST_YEAR,
    ClockField,
    DayAndClockField,
    PaperNumberField,
    WrittenNumberField,
    YearField,
    read_clock,
    written,
)
from procedures.tables import TableField

DATA = Path(__file__).parent / "data"
SHORT_TEXT, LONG_TEXT = 300, 3000
FEW_CHOICES = 4


@cache
def listed(name: str) -> tuple[str, ...]:
    """A list that lies in data/: the 54 peoples, the countries."""
    return tuple(json.loads((DATA / f"{name}.json").read_text(encoding="utf-8")))


LISTS = ("ethnic_groups", "countries")


def uncapitalised(label: str) -> str:
    """“Nơi cư trú” inside a sentence; “CCCD” stays."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


class Question:
    """One question of a declaration form, as its schema describes it."""

    type = ""
    allowed: frozenset[str] = frozenset()
    # What every question may carry; `allowed` adds what only this kind understands.
    common = frozenset({"key", "label", "type", "required", "help", "prefill", "default", "shown_if", "required_if"})
    # A column of a table: one narrow input.
    in_a_row = False

    def __init__(self, schema: dict, *, spoken: str = ""):
        self.schema = schema
        self.key: str = schema["key"]
        self.label: str = schema["label"]
        self.help: str = schema.get("help", "")
        self.shown_if: dict | None = schema.get("shown_if")
        self.required_if: dict | None = schema.get("required_if")
        self.required: bool = schema.get("required", False)
        # The question inside a sentence: with its group where several questions bear the same label.
        self.spoken = spoken or uncapitalised(self.label)

    # --- Asking ---

    def field(self) -> forms.Field:
        """The form field; one that depends on another answer is never required by itself."""
        always = self.required and not self.shown_if
        field = self.build(label=self.label, required=always, help_text=self.help, initial=self.schema.get("default"))
        field.error_messages["required"] = self.missing()
        return field

    def build(self, **options) -> forms.Field:
        raise NotImplementedError

    def missing(self) -> str:
        return _("Nhập {question}.").format(question=self.spoken)

    # --- Keeping ---

    def stored(self, value):
        """A cleaned value as JSON."""
        return value

    def typed(self, stored):
        """A stored answer as it stands in the box."""
        return stored

    def told(self, stored) -> str:
        """A stored answer as people read it."""
        return str(self.typed(stored))

    def mistake(self, value) -> str:
        """Why a cleaned value cannot be right, in words; empty where nothing is wrong."""
        return ""


class Text(Question):
    type = "text"
    allowed = frozenset({"person", "digits"})

    def build(self, **options):
        if self.schema.get("person"):
            return fields.NameField(**options)
        return fields.TidyField(max_length=SHORT_TEXT, **options)

    def mistake(self, value):
        digits = self.schema.get("digits")
        if digits and value and not re.fullmatch(rf"[0-9]{{{digits}}}", value):
            return _("{question} gồm {digits} chữ số.").format(question=self.label, digits=digits)
        return ""


class LongText(Question):
    type = "long_text"

    def build(self, **options):
        return fields.TidyField(max_length=LONG_TEXT, widget=forms.Textarea(attrs={"rows": 4}), **options)


def is_number(stored) -> bool:
    return isinstance(stored, int) and not isinstance(stored, bool)


class Number(Question):
    type = "number"
    allowed = frozenset({"min", "max"})
    most = 999_999_999
    fraction = False

    def build(self, **options):
        return WrittenNumberField(
            least=decimal.Decimal(str(self.schema.get("min", 0))),
            most=decimal.Decimal(str(self.schema.get("max", self.most))),
            question=self.spoken,
            fraction=self.fraction,
            **options,
        )

    def typed(self, stored):
        return written(stored) if is_number(stored) else stored

    def told(self, stored):
        typed = self.typed(stored)
        # What could not be read yet is told as it was typed.
        return str(stored) if typed == stored else figures(typed)


class Decimal(Number):
    type = "decimal"
    fraction = True

    def stored(self, value):
        return None if value is None else f"{value:f}"

    def typed(self, stored):
        return written(stored) if isinstance(stored, str) and re.fullmatch(r"\d+(\.\d+)?", stored) else stored


class Money(Number):
    type = "money"
    most = 999_999_999_999

    def told(self, stored):
        return money(written(stored)) if is_number(stored) else str(stored)


class Year(Question):
    type = "year"

    def build(self, **options):
        return YearField(question=self.spoken, **options)


class Date(Question):
    type = "date"
    allowed = frozenset({"past", "birth", "min_age", "after"})

    def build(self, **options):
        options["help_text"] = options["help_text"] or _("Ví dụ 15/08/1980")
        if self.schema.get("birth"):
            field = fields.BirthDateField(**options)
            field.widget.attrs["autocomplete"] = "off"
        else:
            field = fields.VietnameseDateField(**options)
            field.error_messages["invalid"] = self.missing()
        return field

    def missing(self):
        return _("Nhập {question}, ví dụ 15/08/1980.").format(question=self.spoken)

    def stored(self, value):
        if isinstance(value, fields.BirthDate):
            return str(value.date.year) if value.year_only else value.date.isoformat()
        return value.isoformat() if value else None

    def typed(self, stored):
        day = stored if isinstance(stored, datetime.date) else iso_day(stored)
        return f"{day:%d/%m/%Y}" if day else stored

    def mistake(self, value):
        if not value:
            return ""
        day = value.date if isinstance(value, fields.BirthDate) else value
        today = timezone.localdate()
        if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
            return _("Xem lại năm {year} của {question}.").format(year=day.year, question=self.spoken)
        if self.schema.get("past") and day > today:
            return _("{question} không thể sau hôm nay.").format(question=self.label)
        least = self.schema.get("min_age")
        if least and age(day, today) < least:
            return _("Ngày vừa nhập là {age} tuổi, cần từ đủ {least} tuổi.").format(age=max(age(day, today), 0), least=least)
        return ""


def iso_day(stored):
    """A stored date; None where the answer is still what somebody typed."""
    if not isinstance(stored, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", stored):
        return None
    try:
        return parse_date(stored)
    except ValueError:
        return None


def age(born: datetime.date, today: datetime.date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


class Time(Question):
    type = "time"

    def build(self, **options):
        options["help_text"] = options["help_text"] or _("Ví dụ 8:30")
        return ClockField(**options)

    def stored(self, value):
        return f"{value:%H:%M}" if value else None

    def told(self, stored):
        clock = read_clock(str(stored))
        return spoken_clock(clock) if clock else str(stored)


class DateTime(Question):
    type = "datetime"
    allowed = frozenset({"after"})

    def build(self, **options):
        options["help_text"] = options["help_text"] or _("Ví dụ 15/08/2026 8:30")
        return DayAndClockField(**options)

    def missing(self):
        return _("Nhập {question}, ví dụ 15/08/2026 8:30.").format(question=self.spoken)

    def mistake(self, value):
        if value and not EARLIEST_YEAR <= value.year <= LATEST_YEAR:
            return _("Xem lại năm {year} của {question}.").format(year=value.year, question=self.spoken)
        return ""

    def stored(self, value):
        return timezone.localtime(value).isoformat(timespec="minutes") if value else None

    def typed(self, stored):
        moment = iso_moment(stored)
        return f"{moment:%d/%m/%Y} {moment.hour}:{moment.minute:02d}" if moment else stored

    def told(self, stored):
        moment = iso_moment(stored)
        return spoken_moment(moment) if moment else str(stored)


def iso_moment(stored):
    """A stored moment in local time; None where the answer is still what somebody typed."""
    if not isinstance(stored, str) or not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d[+-]\d\d:\d\d", stored):
        return None
    try:
        return timezone.localtime(parse_datetime(stored))
    except ValueError:
        return None


class Phone(Question):
    type = "phone"

    def build(self, **options):
        return fields.PhoneField(**options)

    def missing(self):
        return _("Nhập {question}, ví dụ 0912 345 678.").format(question=self.spoken)

    def typed(self, stored):
        return text.spoken_phone(str(stored))


class Email(Question):
    type = "email"

    def build(self, **options):
        return fields.EmailField(max_length=254, **options)

    def missing(self):
        return _("Nhập {question}, ví dụ ten@gmail.com.").format(question=self.spoken)


class IdNumber(Question):
    type = "id_number"
    allowed = frozenset({"accepts"})

    def build(self, **options):
        return PaperNumberField(accepts=self.schema.get("accepts", ["cccd", "cmnd"]), **options)


class Choice(Question):
    type = "choice"
    allowed = frozenset({"choices", "choices_from"})

    def choices(self) -> tuple[str, ...]:
        return listed(self.schema["choices_from"]) if "choices_from" in self.schema else tuple(self.schema["choices"])

    def build(self, **options):
        choices = self.choices()
        pairs = [(choice, self.told(choice)) for choice in choices]
        # Radio buttons cannot be taken back, so an answer that may be left out is a list.
        if len(choices) <= FEW_CHOICES and self.required and not self.in_a_row:
            field = forms.ChoiceField(choices=pairs, widget=forms.RadioSelect, **options)
        else:
            field = forms.ChoiceField(choices=[("", _("Chọn trong danh sách")), *pairs], **options)
            field.css = "medium"
        field.error_messages["invalid_choice"] = _("Chọn {question} trong danh sách.").format(question=self.spoken)
        return field

    def missing(self):
        return _("Chọn {question}.").format(question=self.spoken)


# As stored, and as the reader's language says it.
YES_OR_NO = {"Có": gettext_lazy("Có"), "Không": gettext_lazy("Không")}


class YesNo(Choice):
    type = "yes_no"
    allowed = frozenset()

    def choices(self):
        return tuple(YES_OR_NO)

    def told(self, stored):
        return str(YES_OR_NO.get(stored, stored))

    def missing(self):
        return _("Chọn “Có” hoặc “Không” cho mục “{question}”.").format(question=self.label)


class AgencyChoice(Choice):
    """An agency of the province, stored by its name, so that an old dossier reads the same for ever."""

    type = "agency"
    allowed = frozenset()

    def choices(self):
        return tuple(self.agencies().in_order().values_list("name", flat=True))

    def agencies(self):
        # By name: the models of this app check declarations, and so stand above this module.
        return apps.get_model("procedures", "Agency").objects.all()


class CommuneChoice(AgencyChoice):
    type = "commune"

    def agencies(self):
        return super().agencies().communes()


class Checkbox(Question):
    type = "checkbox"

    def build(self, **options):
        return forms.BooleanField(**options)

    def missing(self):
        return _("Đánh dấu ô “{question}”.").format(question=self.label)

    def told(self, stored):
        return _("Có") if stored else _("Không")


class Address(Question):
    """Province, commune, then house, hamlet, street: two tiers, as since 1 July 2025."""

    type = "address"

    def build(self, **options):
        return AddressField(question=self.spoken, **options)

    def missing(self):
        return _("Nhập tỉnh, thành phố và xã, phường của {question}.").format(question=self.spoken)

    def told(self, stored):
        if not isinstance(stored, dict):
            return str(stored)
        return ", ".join(part for part in (stored.get("street"), stored.get("commune"), stored.get("province")) if part)


class Table(Question):
    """A question answered several times: the members of a household, the lines of business."""

    type = "table"
    allowed = frozenset({"columns"})

    def __init__(self, schema, **options):
        super().__init__(schema, **options)
        self.columns = [KINDS[column["type"]](column) for column in schema["columns"]]
        for column in self.columns:
            column.in_a_row = True

    def build(self, **options):
        return TableField(columns=self.columns, **options)

    def missing(self):
        return _("Điền ít nhất một dòng cho {question}.").format(question=self.spoken)

    def told_row(self, row) -> str:
        return "; ".join(f"{column.label}: {column.told(row[column.key])}" for column in self.columns if row.get(column.key))


KINDS: dict[str, type[Question]] = {
    kind.type: kind
    for kind in (
        Text, LongText, Number, Decimal, Money, Year, Date, Time, DateTime, Phone, Email, IdNumber,
        Choice, YesNo, AgencyChoice, CommuneChoice, Checkbox, Address, Table,
    )
}  # fmt: skip
