import json
import stat

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command
from django_otp import devices_for_user

from accounts.models import User
from dossiers import demo
from procedures.tests.make import make_agency

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def agencies():
    make_agency("UBND phường Buôn Ma Thuột")
    make_agency("UBND xã Buôn Đôn")
    make_agency("Sở Tư pháp", level="department", name="Sở Tư pháp tỉnh Đắk Lắk", kind="")


def test_everybody_is_made_once_with_a_password_that_opens(tmp_path):
    people = demo.people(tmp_path)
    assert (len(people["citizens"]), len(people["officials"]), len(people["admins"])) == (24, 4, 1)
    assert len({official["agency"] for official in people["officials"]}) >= 2
    for person in (people["citizens"][0], people["officials"][0], people["admins"][0]):
        assert authenticate(None, username=person["user"], password=person["password"])
    assert demo.people(tmp_path) == people
    assert User.objects.count() == 29


def test_citizens_have_numbers_that_fit_their_birth_and_officials_a_second_factor(tmp_path):
    people = demo.people(tmp_path)
    for citizen in people["citizens"]:
        assert citizen["cccd"][4:6] == citizen["dob"][2:4]
        assert len(citizen["cccd"]) == 12
    for official in people["officials"]:
        assert list(devices_for_user(User.objects.get(username=official["user"])))


def test_the_national_portal_knows_the_citizens_and_two_more_who_have_no_account_here(tmp_path):
    people = demo.people(tmp_path)
    citizens, strangers = people["national"][:24], people["national"][24:]
    assert citizens == [
        {"user": citizen["cccd"]} | {name: citizen[name] for name in ("password", "full_name", "cccd", "phone", "dob")}
        for citizen in people["citizens"]
    ]
    assert [person["full_name"] for person in strangers] == ["H’Ngọc Êban", "Phạm Gia Bảo"]
    assert not User.objects.filter(national_id__in=[person["cccd"] for person in strangers]).exists()
    assert not User.objects.filter(phone__in=[person["phone"] for person in strangers]).exists()
    assert {person["cccd"][4:6] == person["dob"][2:4] for person in strangers} == {True}


def test_the_national_portal_is_given_hashes_for_its_owner_alone(tmp_path):
    people = demo.people(tmp_path)
    path = tmp_path / "national-people.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    given = json.loads(path.read_text())
    assert set(given[0]) == {"national_id", "full_name", "birth_date", "phone", "password"}
    for known, person in zip(given, people["national"], strict=True):
        assert (known["national_id"], known["phone"], known["birth_date"]) == (person["cccd"], person["phone"], person["dob"])
        assert check_password(person["password"], known["password"])


def test_passwords_are_kept_for_their_owner_alone_and_set_back_where_they_were_changed(tmp_path):
    people = demo.people(tmp_path)
    assert stat.S_IMODE((tmp_path / "demo-accounts.json").stat().st_mode) == 0o600
    changed = User.objects.get(username=people["citizens"][0]["user"])
    changed.set_password("khác hẳn 123")
    changed.save()
    assert demo.people(tmp_path) == people
    changed.refresh_from_db()
    assert changed.check_password(people["citizens"][0]["password"])


def test_the_command_prints_json_and_refuses_outside_the_demo(settings, tmp_path, capsys):
    settings.DATA_DIR = tmp_path
    call_command("seed_demo", "--json")
    assert set(json.loads(capsys.readouterr().out)["citizens"][0]) == {"user", "password", "full_name", "cccd", "phone", "email", "dob"}
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("seed_demo")
    call_command("seed_demo", "--force", "--json")
