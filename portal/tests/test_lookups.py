"""What the address line may ask of a list."""

import pytest
from django.contrib.admin.filters import SimpleListFilter
from django.contrib.admin.options import IncorrectLookupParameters

from portal.admin import site
from portal.lookups import OnlyItsFilters

# Public, or of the administrator's own making.
WITHOUT_PERSONS = {"agency", "official", "procedure", "procedureversion"}


class Kind(SimpleListFilter):
    parameter_name = "loai"


class Some(OnlyItsFilters):
    list_filter = ("state", Kind)


@pytest.mark.parametrize("lookup", ["state", "state__exact", "loai"])
def test_what_the_filters_ask_is_allowed(lookup):
    assert Some().lookup_allowed(lookup, "x", None)


@pytest.mark.parametrize(
    "lookup", ["state__startswith", "password__startswith", "national_id", "user__national_id", "pk__in", "loai__exact__in"]
)
def test_nothing_else_is(lookup):
    with pytest.raises(IncorrectLookupParameters):
        Some().lookup_allowed(lookup, "x", None)


def test_a_value_that_postgresql_cannot_hold_is_none():
    with pytest.raises(IncorrectLookupParameters):
        Some().lookup_allowed("state", "a\0", None)


def test_every_list_about_persons_is_guarded():
    pages = {model._meta.model_name: page for model, page in site._registry.items()}
    assert {name for name, page in pages.items() if not isinstance(page, OnlyItsFilters)} == WITHOUT_PERSONS
