import datetime

import pytest

from accounts import identity
from accounts.tests.make import make_citizen
from portal.fields import BirthDate

TODAY = datetime.date(2026, 11, 24)


def mistakes(number, born, **more):
    """Rules broken by somebody born on “1992-03-12”, or in “1992”."""
    only_year = len(born) == 4
    date = datetime.date.fromisoformat(f"{born}-01-01" if only_year else born)
    return identity.mistakes(number, BirthDate(date, only_year), today=TODAY, **more)


@pytest.mark.parametrize(
    ("number", "born", "found"),
    [
        ("066192001234", "1992-03-12", []),
        ("066192001234", "1992", []),
        ("066192001234", "1993-03-12", ["birth-year"]),
        ("066292001234", "1992-03-12", ["birth-year"]),  # a man of the next century but one
        ("066206001234", "2006-03-12", []),
        ("999192001234", "1992-03-12", []),  # a place nobody lists
        ("000192001234", "1992-03-12", []),
        ("123456789", "1993-03-12", []),  # a CMND holds neither
    ],
)
def test_the_number_tells_the_year_and_any_place_will_do(number, born, found):
    assert mistakes(number, born) == found


@pytest.mark.parametrize(
    ("number", "sex", "found"),
    [
        ("066192001234", "female", []),
        ("066192001234", "male", ["sex"]),
        ("066092001234", "male", []),
        ("066092001234", "female", ["sex"]),
        ("066092001234", None, []),
        ("123456789", "male", []),
    ],
)
def test_the_number_tells_the_sex_where_it_is_known(number, sex, found):
    assert mistakes(number, "1992-03-12", sex=sex) == found


@pytest.mark.parametrize(
    ("born", "enough"),
    [("2010-11-24", True), ("2010-11-25", False), ("2009-12-31", True), ("2009", True), ("2010", False)],
)
def test_the_sixteenth_birthday_is_old_enough_and_a_bare_year_is_taken_at_its_end(born, enough):
    assert mistakes(f"0662{born[2:4]}001234", born) == ([] if enough else ["under-age"])


def test_all_mistakes_are_found_at_once():
    assert mistakes("066092001234", "2015-03-12", sex="female") == ["birth-year", "sex", "under-age"]


@pytest.mark.parametrize(("born", "day", "enough"), [((2008, 2, 29), (2024, 2, 28), False), ((2008, 2, 29), (2024, 2, 29), True)])
def test_a_leap_day_is_a_birthday(born, day, enough):
    assert identity.old_enough(datetime.date(*born), datetime.date(*day)) is enough


@pytest.mark.django_db
def test_only_an_activated_account_takes_a_number():
    make_citizen(national_id="066192001234", activated_at=None)
    assert identity.is_taken("066192001234") is False
    make_citizen(national_id="066192001234")
    assert identity.is_taken("066192001234") is True
