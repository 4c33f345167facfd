import datetime

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import SmsDevice, TrustedDevice, User
from accounts.tests.issuer_peer import LAN
from accounts.tests.make import PASSWORD, make_citizen
from accounts.tests.test_national import peer, signed_in, walk  # noqa: F401 - `peer` is a fixture
from portal.messaging.models import OutgoingMessage

pytestmark = pytest.mark.django_db
ASK = "/tai-khoan/cach-dang-nhap/"


@pytest.fixture
def squatter(db):
    """Somebody registered with H’Lan's number before her, under a name of their own."""
    return make_citizen("Kẻ Khác", national_id=LAN["SoDinhDanh"], username="khac@example.com", email="khac@example.com")


def enter(peer, client):  # noqa: F811
    return client.get(walk(peer, client).url)


def test_the_holder_is_asked_whether_the_ways_in_are_theirs(peer, squatter):  # noqa: F811
    client = Client()
    back = walk(peer, client)
    assert back.url.startswith(ASK)
    page = client.get(back.url).content.decode()
    assert signed_in(client) == str(squatter.pk)
    assert "k***@example.com" in page
    assert "khac@example.com" not in page


def test_whoever_was_in_the_account_is_signed_out_at_once(peer, squatter):  # noqa: F811
    theirs = Client()
    theirs.post(reverse("account_login"), {"login": "khac@example.com", "password": PASSWORD})
    assert theirs.get("/tai-khoan/").status_code == 200
    enter(peer, Client())
    assert theirs.get("/tai-khoan/").status_code == 302


def test_removed_ways_open_nothing_and_the_account_is_the_holders(peer, squatter):  # noqa: F811
    squatter.phone_verified_at = squatter.activated_at
    squatter.save()
    SmsDevice.objects.create(user=squatter, phone=squatter.phone)
    phone, client = squatter.phone, Client()
    back = walk(peer, client)
    after = client.post(back.url, {"action": "remove"})
    assert after.url == reverse("dossiers:mine")
    assert client.get(after.url).status_code == 200, "the holder stays signed in"
    user = User.objects.get(pk=squatter.pk)
    facts = (user.full_name, user.birth_date, user.email, user.phone, user.phone_verified_at, user.username, user.has_usable_password())
    assert facts == ("H’Lan Niê", datetime.date(1992, 3, 12), "", "", None, LAN["SoDinhDanh"], False)
    assert not user.emailaddress_set.exists()
    assert not SmsDevice.objects.exists()
    assert not TrustedDevice.objects.exists()
    refused = Client()
    refused.post(reverse("account_login"), {"login": "khac@example.com", "password": PASSWORD})
    assert signed_in(refused) is None
    told = OutgoingMessage.objects.filter(kind="ways_removed").order_by("channel").values_list("channel", "recipient")
    assert list(told) == [("email", "khac@example.com"), ("sms", phone)]


def test_kept_ways_stay_and_nobody_is_asked_again(peer, squatter):  # noqa: F811
    client = Client()
    client.post(walk(peer, client).url, {"action": "keep"})
    assert Client().post(reverse("account_login"), {"login": "khac@example.com", "password": PASSWORD}).status_code == 302
    assert not walk(peer, Client()).url.startswith(ASK)


def test_an_unanswered_question_comes_again(peer, squatter):  # noqa: F811
    enter(peer, Client())
    assert walk(peer, Client()).url.startswith(ASK)


def test_a_session_of_the_password_cannot_answer_it(peer, squatter):  # noqa: F811
    enter(peer, Client())
    theirs = Client()
    theirs.post(reverse("account_login"), {"login": "khac@example.com", "password": PASSWORD})
    assert theirs.get(ASK).url == reverse("dossiers:mine")
    theirs.post(ASK, {"action": "keep"})
    assert walk(peer, Client()).url.startswith(ASK)


def test_a_new_account_has_nothing_to_ask_about(peer):  # noqa: F811
    assert not walk(peer, Client()).url.startswith(ASK)


def test_the_page_one_wanted_comes_after_the_answer(peer, squatter):  # noqa: F811
    client = Client()
    page = client.get(walk(peer, client, next="/tai-khoan/du-lieu/").url)
    assert 'name="next" value="/tai-khoan/du-lieu/"' in page.content.decode()
    assert client.post(ASK, {"action": "keep", "next": "/tai-khoan/du-lieu/"}).url == "/tai-khoan/du-lieu/"
    assert client.post(ASK, {"action": "keep", "next": "https://evil.example/"}).url == reverse("dossiers:mine")
