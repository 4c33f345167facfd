"""Dates, money and people as a Vietnamese official writes them."""

import datetime

import pytest
from django.template import Context, Template
from django.utils import translation

WEDNESDAY = datetime.datetime(2026, 11, 25, 1, 12, tzinfo=datetime.UTC)


def drawn(template, **context):
    with translation.override("vi"):
        return Template(template).render(Context(context))


@pytest.mark.parametrize(
    ("template", "value", "written"),
    [
        ("{{ value|day }}", datetime.date(2026, 1, 5), "05/01/2026"),
        ("{{ value|day }}", datetime.datetime(2026, 11, 24, 18, 0, tzinfo=datetime.UTC), "25/11/2026"),
        ("{{ value|day }}", None, ""),
        ("{{ value|weekday_day }}", WEDNESDAY, "thứ Tư, 25/11/2026"),
        ("{{ value|weekday_day }}", datetime.date(2026, 11, 29), "Chủ nhật, 29/11/2026"),
        ("{{ value|weekday_day }}", None, ""),
        ("{{ value|moment }}", WEDNESDAY, "8 giờ 12, 25/11/2026"),
        ("{{ value|moment }}", None, ""),
        ("{{ value|vnd }}", 50000, "50.000 đ"),
        ("{{ value|vnd }}", 1250000, "1.250.000 đ"),
        ("{{ value|number }}", 7, "7"),
        ("{{ value|number }}", 1812, "1.812"),
        ("{{ value|vnd }}", 0, "Không thu"),
        ("{{ value|vnd }}", None, ""),
        ("{{ value|phone }}", "+84912345678", "0912 345 678"),
        ("{{ value|phone }}", None, ""),
        ("{{ value|masked_id }}", "066080001234", "0660 **** 1234"),
        ("{{ value|masked_id }}", "", ""),
        ("{{ value|masked_name }}", "H’Lan Niê", "H’L** N**"),
        ("{{ value|file_size }}", 412 * 1024, "412 KB"),
        ("{{ value|file_size }}", 10, "1 KB"),
        ("{{ value|file_size }}", 1258291, "1,2 MB"),
        ("{{ value|file_size }}", 10 * 1024 * 1024, "10 MB"),
    ],
)
def test_values_are_written_as_people_here_write_them(template, value, written):
    assert drawn(template, value=value) == written


@pytest.mark.parametrize(
    ("template", "value", "written"),
    [
        ("{{ value|day }}", datetime.date(2026, 1, 5), "05/01/2026"),
        ("{{ value|weekday_day }}", WEDNESDAY, "Wednesday, 25/11/2026"),
        ("{{ value|weekday_day }}", datetime.date(2026, 11, 29), "Sunday, 29/11/2026"),
        ("{{ value|moment }}", WEDNESDAY, "8:12, 25/11/2026"),
        ("{{ value|vnd }}", 50000, "50,000 VND"),
        ("{{ value|number }}", 1812, "1,812"),
        ("{{ value|vnd }}", 1250000, "1,250,000 VND"),
        ("{{ value|vnd }}", 0, "Free"),
        ("{{ value|phone }}", "+84912345678", "0912 345 678"),
        ("{{ value|file_size }}", 412 * 1024, "412 KB"),
        ("{{ value|file_size }}", 1258291, "1.2 MB"),
        ("{{ value|file_size }}", 10 * 1024 * 1024, "10 MB"),
    ],
)
def test_english_pages_keep_the_order_of_the_day_and_write_figures_in_english(template, value, written):
    with translation.override("en"):
        assert Template(template).render(Context({"value": value})) == written


def test_what_is_drawn_once_is_drawn_once_for_each_value_and_language():
    template = Template(
        "{% load i18n %}{% once place=place %}{{ place }}{{ stranger }}{% get_current_language as code %}{{ code }}{% endonce %}"
    )
    texts = []
    for language, place in [("vi", "a"), ("en", "a"), ("vi", "b"), ("vi", "a")]:
        with translation.override(language):
            texts.append(template.render(Context({"place": place, "stranger": "Lan"})))
    assert texts == ["avi", "aen", "bvi", "avi"]


def test_an_icon_is_a_reference_to_the_sprite_that_nobody_hears():
    assert drawn('{% icon "clock" %}') == '<svg class="icon" aria-hidden="true"><use href="/static/img/icons.svg#clock"/></svg>'
