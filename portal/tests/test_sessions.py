import pytest
from django.urls import reverse


@pytest.mark.parametrize("cookie", ['"\\000aaaaaaaaaaaaaaaaaaaa"', '"aaaaaaaaaaaa\\377aaaa"', "a" * 3000, "%00" * 12])
@pytest.mark.parametrize("name", ["home", "dossiers:mine", "account_login", "admin:login", "tracking:track"])
def test_a_cookie_that_could_be_no_session_of_ours_is_a_guest(client, db, name, cookie):
    answer = client.get(reverse(name), headers={"cookie": f"sessionid={cookie}"})
    assert answer.status_code == (302 if name == "dossiers:mine" else 200)


def test_a_guest_cannot_choose_the_key_of_a_session(client, lan):
    chosen = "k" * 32
    client.cookies["sessionid"] = chosen
    client.force_login(lan)
    assert client.session.session_key != chosen
