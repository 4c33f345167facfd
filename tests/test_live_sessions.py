"""A session outlives nothing it leans on: asked again at every request."""

import pytest
from django.urls import reverse

from accounts.models import SmsDevice
from tests.test_no_5xx import citizen, official


@pytest.mark.parametrize("change", [{"is_active": False}, {"activated_at": None}, {"password": "!"}])
def test_a_citizen_frozen_or_unconfirmed_or_with_another_password_is_a_guest(lan, hoa, change):
    client = citizen(lan, hoa)
    assert client.get(reverse("dossiers:mine")).status_code == 200
    type(lan).objects.filter(pk=lan.pk).update(**change)
    assert client.get(reverse("dossiers:mine")).url == "/dang-nhap/?next=/ho-so/"


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}])
def test_an_official_who_is_one_no_longer_is_led_to_the_door(lan, hoa, change):
    client, desk = official(lan, hoa), reverse("admin:dossiers_dossier_changelist")
    assert client.get(desk).status_code == 200
    type(hoa).objects.filter(pk=hoa.pk).update(**change)
    assert client.get(desk).url == f"/quan-tri/dang-nhap/?next={desk}"


def test_a_device_taken_away_ends_the_second_factor(lan, hoa):
    client, desk = official(lan, hoa), reverse("admin:dossiers_dossier_changelist")
    SmsDevice.objects.filter(user=hoa).delete()
    assert client.get(desk).url == f"/quan-tri/dang-nhap/?next={desk}"
