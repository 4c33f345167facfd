import pytest
from django.urls import reverse

from dossiers import access, panels
from dossiers.tests.make import make_dossier


def test_a_stranger_is_led_to_sign_in(client, db):
    page = reverse("dossiers:opened")
    assert client.get(page).url == f"{reverse('account_login')}?next={page}"


def test_the_owner_reads_office_and_what_and_no_officials_name(client, lan, minh, hoa, tuan, birth, agency):
    access.log(make_dossier(lan, birth, agency), hoa, "Xem hồ sơ")
    access.log(make_dossier(minh, birth, agency), tuan, "Tệp của người khác")
    client.force_login(lan)
    for page in ("dossiers:opened", "accounts:profile"):
        text = client.get(reverse(page)).content.decode()
        assert agency.short_name in text
        assert "Xem hồ sơ" in text
        assert "Tệp của người khác" not in text
        assert hoa.full_name not in text


def test_what_the_owner_opened_is_no_news(lan, birth, agency):
    access.log(make_dossier(lan, birth, agency), lan, "Xem hồ sơ")
    assert list(panels.opened(lan)["context"]["rows"]) == []


def test_an_administrator_is_named_as_such(client, lan, birth, agency, admin_user):
    access.log(make_dossier(lan, birth, agency), admin_user, "Xem hồ sơ")
    client.force_login(lan)
    assert "Quản trị hệ thống" in client.get(reverse("dossiers:opened")).content.decode()


def test_an_empty_list_says_so(client, lan):
    client.force_login(lan)
    assert "Chưa có cơ quan nào mở hồ sơ của Ông/Bà." in client.get(reverse("dossiers:opened")).content.decode()


def test_the_list_is_paged(client, lan, hoa, birth, agency):
    dossier = make_dossier(lan, birth, agency)
    for n in range(21):
        access.log(dossier, hoa, f"Lượt {n}.")
    client.force_login(lan)
    first = client.get(reverse("dossiers:opened")).content.decode()
    assert "Lượt 20." in first
    assert "Lượt 0." not in first
    assert "Lượt 0." in client.get(reverse("dossiers:opened") + "?page=2").content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_one_and_three(client, lan, hoa, birth, agency, count, django_assert_num_queries):
    for _n in range(count):
        access.log(make_dossier(lan, birth, agency), hoa, "Xem hồ sơ")
    client.force_login(lan)
    with django_assert_num_queries(6):
        client.get(reverse("dossiers:opened"))
