"""The code on paper with which the first official enters."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django_otp.plugins.otp_static.models import StaticDevice


def printed(*arguments):
    out = StringIO()
    call_command("official_code", *arguments, stdout=out)
    return out.getvalue().split()


@pytest.fixture
def without_phone(hoa):
    hoa.phone_verified_at = None
    hoa.save()
    return hoa


def test_an_official_without_a_device_gets_a_code_that_opens_once(without_phone):
    (code,) = printed(without_phone.username)
    device = StaticDevice.objects.get(user=without_phone)
    assert device.verify_token(code)
    assert not device.verify_token(code)


def test_a_new_sheet_of_codes_ends_the_old_one(without_phone):
    old = printed(without_phone.username, "--codes", "3")
    new = printed(without_phone.username)
    tokens = StaticDevice.objects.get(user=without_phone).token_set.values_list("token", flat=True)
    assert len(old) == 3
    assert list(tokens) == new


def test_an_official_with_a_phone_gets_one_only_when_insisted_on(hoa):
    with pytest.raises(CommandError, match="already has another way"):
        printed(hoa.username)
    assert len(printed(hoa.username, "--force")) == 1


@pytest.mark.parametrize("name", ["nobody", "citizen"])
def test_nobody_else_gets_a_code(lan, name):
    with pytest.raises(CommandError, match="no active official"):
        printed(lan.username if name == "citizen" else name)


def test_the_number_of_codes_has_bounds(without_phone):
    with pytest.raises(CommandError, match="1 to 20"):
        printed(without_phone.username, "--codes", "0")
