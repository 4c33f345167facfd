"""The demo's SMS provider."""

import pytest
from django.urls import reverse

from portal.derived import derived
from portal.messaging.demo.gateway import PURPOSE
from portal.messaging.models import InboxCopy

TEXT = "Ma OTP dang nhap: 482913, dung trong 5 phut."


@pytest.fixture
def hand_in(client, db, settings):
    def hand_in(**changes):
        fields = {"username": "issuer", "password": derived(settings.SECRET_KEY, PURPOSE), "from": "DVCQG", "to": "+84912345678"}
        response = client.get(reverse("dev_sendsms"), fields | {"text": TEXT, "charset": "UTF-8", "coding": "0"} | changes)
        return response.status_code, response.content.decode()

    return hand_in


def test_a_text_handed_in_lies_in_the_inbox(hand_in, client):
    assert hand_in() == (202, "0: Accepted for delivery")
    copy = InboxCopy.objects.get()
    assert (copy.channel, copy.recipient, copy.sender, copy.body) == ("sms", "+84912345678", "DVCQG", TEXT)
    html = client.get(reverse("dev_inbox"), {"den": "0912 345 678"}).content.decode()
    assert "từ DVCQG" in html
    assert '<b class="number" data-copy>482913</b>' in html


@pytest.mark.parametrize("password", ["", "guessed", "mật khẩu", "\0"])
def test_who_does_not_know_the_secret_hands_in_nothing(hand_in, password):
    assert hand_in(password=password) == (403, "Authorization failed for sendsms")
    assert not InboxCopy.objects.exists()


@pytest.mark.parametrize("changes", [{"to": "113"}, {"to": ""}, {"to": "+84912345678\0"}, {"text": ""}, {"text": "\0"}])
def test_what_cannot_be_delivered_is_refused_in_kannels_words(hand_in, changes):
    status, words = hand_in(**changes)
    assert (status, words.endswith(", rejected")) == (400, True)
    assert not InboxCopy.objects.exists()


def test_overlong_and_odd_texts_are_cut_not_failed(hand_in):
    assert hand_in(**{"text": "x\0" * 5000, "from": "y" * 300})[0] == 202
    copy = InboxCopy.objects.get()
    assert (copy.body, copy.sender) == ("x" * 800, "y" * 20)


def test_it_is_there_in_the_demo_only_and_only_to_be_read_from(hand_in, client, settings):
    assert client.post(reverse("dev_sendsms")).status_code == 405
    settings.DEMO = False
    assert hand_in()[0] == 404
