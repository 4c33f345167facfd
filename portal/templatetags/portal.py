"""Tags and filters of every template: icons, style sheets, dates, money, phones."""

import datetime

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext

from portal import qr, text

register = template.Library()


# --- Pieces of a page --------------------------------------------------------------------------


@register.simple_tag
def icon(name):
    """One drawing of the sprite; decoration, so the words beside it must say the same."""
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', static("img/icons.svg"), name)


@register.simple_tag
def css(name, media=""):
    """The link to one of the style sheets: {% css "wizard" %}."""
    limit = format_html(' media="{}"', media) if media else ""
    return format_html('<link rel="stylesheet" href="{}"{}>', static(f"css/{name}.css"), limit)


@register.simple_tag
def error_links(form):
    """What the error summary lists: (address of the field on this page, message), general errors first."""
    links = [("", error) for error in form.non_field_errors()]
    for field in form.visible_fields():
        target = f"{field.auto_id}_0" if field.use_fieldset else field.id_for_label
        links += [(target, error) for error in field.errors]
    return links


class OnceNode(template.Node):
    """Draws its content once for each language and each set of named values, then repeats it.

    The content sees nothing but those values, so it cannot hold what belongs to one reader.
    """

    def __init__(self, nodelist, values):
        self.nodelist, self.values, self.drawn = nodelist, values, {}

    def render(self, context):
        values = {name: value.resolve(context) for name, value in self.values.items()}
        key = (get_language(), *values.values())
        if key not in self.drawn or settings.DEBUG:
            alone = template.Context(values)
            alone.template = context.template
            self.drawn[key] = self.nodelist.render(alone)
        return mark_safe(self.drawn[key])  # noqa: S308 - drawn by the template engine, escaped there


@register.tag
def once(parser, token):
    """{% once section=section %}…{% endonce %}: for the frame of the page, the same for everyone."""
    values = template.base.token_kwargs(token.split_contents()[1:], parser)
    nodelist = parser.parse(("endonce",))
    parser.delete_first_token()
    return OnceNode(nodelist, values)


# --- Dates and times, as an official writes them -----------------------------------------------
# Own filters instead of the localising ones: several times faster, and days look the same in both languages.


def language():
    """“en”, or “vi” for everything else, so that no page shows a mixture."""
    return "en" if get_language() == "en" else "vi"


def local(value):
    return timezone.localtime(value) if isinstance(value, datetime.datetime) and timezone.is_aware(value) else value


@register.filter
def day(value):
    """25/11/2026."""
    if not value:
        return ""
    value = local(value)
    return f"{value.day:02d}/{value.month:02d}/{value.year}"


WEEKDAYS = {
    "vi": ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}


@register.filter
def weekday_day(value):
    """thứ Tư, 25/11/2026: how an appointment is said."""
    if not value:
        return ""
    value = local(value)
    return f"{WEEKDAYS[language()][value.weekday()]}, {day(value)}"


@register.filter
def moment(value):
    """8 giờ 12, 25/11/2026."""
    if not value:
        return ""
    value = local(value)
    return f"{clock(value)}, {day(value)}"


def clock(value):
    """8 giờ 12; 8:12 in English."""
    return f"{value.hour}:{value.minute:02d}" if language() == "en" else f"{value.hour} giờ {value.minute:02d}"


# --- Money, numbers of people, sizes -----------------------------------------------------------

ENGLISH_FIGURES = str.maketrans(".,", ",.")


@register.filter
def vnd(amount):
    """50.000 đ, or 50,000 VND in English; nothing to pay is said in words."""
    if amount is None or amount == "":
        return ""
    if not amount:
        return gettext("Không thu")
    return money(f"{int(amount):,}".replace(",", "."))


def money(figures_written):
    """An amount already in Vietnamese figures, with its unit."""
    return f"{figures(figures_written)} {'VND' if language() == 'en' else 'đ'}"


def figures(written):
    """1.200,5 as the reader's language writes it: 1,200.5 in English."""
    return written.translate(ENGLISH_FIGURES) if language() == "en" else written


@register.filter
def number(value):
    """1.812; 1,812 in English."""
    return figures(f"{value:,}".replace(",", "."))


@register.filter
def phone(number):
    """0912 345 678."""
    return text.spoken_phone(number or "")


@register.filter
def masked_phone(number):
    """+84912345678 → 091* *** 678."""
    return text.masked_phone(number) if number else ""


@register.filter
def masked_id(number):
    """0660 **** 1234."""
    return text.masked_id(number) if number else ""


@register.filter
def masked_name(name):
    """H’L** N**."""
    return text.masked_name(name or "")


@register.filter
def file_size(size):
    """412 KB, 1,2 MB: as file managers here write it."""
    size = size or 0
    if size < 1024 * 1024:
        return f"{max(1, round(size / 1024))} KB"
    return figures(f"{size / 1024 / 1024:.1f} MB".replace(".0 ", " ").replace(".", ","))


@register.simple_tag(name="qr")
def qr_code(text_in_code, label):
    """A QR code as an inline drawing, named for those who hear the page."""
    return qr.svg(text_in_code, label)


@register.filter
def stamp(value):
    """The machine's form of an instant or a day, for the datetime attribute of a time element."""
    if isinstance(value, datetime.datetime):
        return timezone.localtime(value).isoformat(timespec="minutes")
    return value.isoformat() if value else ""
