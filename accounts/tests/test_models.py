import pytest
from django.db import IntegrityError
from django.utils import timezone

from accounts.models import User
from accounts.tests.make import make_citizen

pytestmark = pytest.mark.django_db


def test_one_activated_account_per_number():
    make_citizen(national_id="066192001234")
    make_citizen(national_id="066192001234", activated_at=None)
    with pytest.raises(IntegrityError):
        make_citizen(national_id="066192001234")


def test_one_activated_account_per_proven_phone():
    make_citizen(phone="+84912345678")
    make_citizen(phone="+84912345678", phone_verified_at=timezone.now())
    with pytest.raises(IntegrityError):
        make_citizen(phone="+84912345678", phone_verified_at=timezone.now())


def test_a_name_is_kept_in_one_spelling():
    decomposed = "Nie\u0302  Lan"
    assert make_citizen(decomposed).full_name == "Niê Lan"


def test_the_search_text_follows_every_change():
    user = make_citizen("Đặng Ƀlĭk")
    user.full_name = "Y Ƀlĭk Êban"
    user.save(update_fields=["full_name"])
    assert User.objects.get(search_text__contains="y blik eban") == user


@pytest.mark.parametrize("typed", ["", " ", "@", "0", "٠٦٦١٩٢٠٠١٢٣٤", "x" * 300, "\x00"])
def test_odd_names_mean_nobody(typed):
    make_citizen(national_id="066192001234")
    assert User.objects.named(typed) is None


def test_any_other_password_ends_the_temporary_one(lan):
    lan.give_temporary_password()
    lan.set_password("Núi cao 9 thước")
    assert lan.temporary_password_until is None


def test_a_temporary_password_hashed_anew_stays_temporary(lan, settings):
    password = lan.give_temporary_password()
    lan.save()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher", *settings.PASSWORD_HASHERS]
    assert lan.check_password(password)
    assert lan.password.startswith("scrypt$")
    assert lan.has_temporary_password
