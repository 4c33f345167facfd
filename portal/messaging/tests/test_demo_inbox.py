"""The development inbox."""

import pytest
from django.urls import reverse

from portal.messaging import delivery
from portal.messaging.models import InboxCopy, IncomingSms
from portal.messaging.tests.make import make_letter, make_sms

OTP = (
    "482913 la ma xac nhan (OTP) dich vu cong tinh Dak Lak, het han sau 5 phut. Khong dua ma nay cho bat ky ai, ke ca nguoi xung la can bo."
)


@pytest.fixture
def inbox():
    return reverse("dev_inbox")


@pytest.fixture(autouse=True)
def commands(settings):
    settings.SMS_COMMANDS = {"DVC": "portal.messaging.tests.test_inbound.look_up", "HONG": "portal.messaging.tests.test_inbound.faulty"}


def test_an_empty_inbox_says_what_to_try(client, db, inbox):
    response = client.get(inbox)
    assert response.status_code == 200
    assert "Chưa có tin nào. Hãy thử đăng ký tài khoản." in response.content.decode()


def test_a_code_is_shown_large_with_the_text_and_its_length(client, db, inbox, sms_sent):
    make_sms(body=OTP, secret=True)
    delivery.deliver_due()
    html = client.get(inbox).content.decode()
    assert '<b class="number" data-copy>482913</b>' in html
    assert f"{len(OTP)} trên 160 ký tự" in html
    assert OTP in html


@pytest.mark.parametrize("body", ["Ho so H15.24.133-261118-0007 da nhan", "Goi 0912345678", "Ngay 18/11/2026"])
def test_no_other_number_is_taken_for_a_code(client, db, inbox, body):
    InboxCopy.objects.create(channel="sms", recipient="+84912345678", body=body)
    assert "data-copy" not in client.get(inbox).content.decode()


def test_a_letter_shows_both_parts_and_its_links_can_be_pressed(client, db, inbox):
    make_letter(body="Nhấn vào đây:\nhttps://motcua.example/x?a=1&b=2\n<script>", html="<style>p{color:red}</style><p>thư</p>")
    delivery.deliver_due()
    html = client.get(inbox).content.decode()
    assert '<a href="https://motcua.example/x?a=1&amp;b=2" rel="noreferrer">' in html
    assert "&lt;script&gt;" in html
    letter = client.get(reverse("dev_letter", args=[InboxCopy.objects.get().pk]))
    assert letter.content.decode() == "<style>p{color:red}</style><p>thư</p>"
    policy = set(letter.headers["Content-Security-Policy"].split("; "))
    assert {"default-src 'none'", "script-src 'none'", "img-src 'none'", "style-src 'unsafe-inline'"} <= policy


def test_newest_first_and_filtered_by_phone_in_any_spelling_or_by_address(client, db, inbox):
    for recipient in ("+84912345678", "+84987654321", "lan@example.com"):
        InboxCopy.objects.create(channel="email" if "@" in recipient else "sms", recipient=recipient, body=f"toi {recipient}")
    assert [copy.recipient for copy in client.get(inbox).context["page"]] == ["lan@example.com", "+84987654321", "+84912345678"]
    for typed, found in (("0912 345 678", ["+84912345678"]), ("84987654321", ["+84987654321"]), ("LAN@", ["lan@example.com"]), ("hoa", [])):
        assert [copy.recipient for copy in client.get(inbox, {"den": typed}).context["page"]] == found


def test_the_list_has_pages_of_twenty_five(client, db, inbox):
    for n in range(26):
        InboxCopy.objects.create(channel="sms", recipient="+84912345678", body=f"tin {n}")
    assert len(client.get(inbox).context["page"]) == 25
    assert len(client.get(inbox, {"page": 2, "den": "0912345678"}).context["page"]) == 1


def test_a_simulated_text_is_answered_at_once(client, transactional_db, inbox, sms_sent):
    response = client.post(inbox, {"from": "0912 345 678", "text": "DVC H15"}, follow=True)
    assert response.redirect_chain == [(f"{inbox}?den=0912+345+678", 302)]
    assert IncomingSms.objects.get().text == "DVC"
    assert [copy.body for copy in response.context["page"]] == ["Ho so cua 678: H15"]


def test_the_hint_shows_both_ways_to_text(client, db, inbox):
    html = client.get(inbox).content.decode()
    assert "Ví dụ: TK, Nguyen Van An, 066080001234, 15/08/1980 – hoặc DVC rồi đến mã biên nhận" in html


@pytest.mark.parametrize(("sender", "text"), [("9029", "DVC H15"), ("0912345678", "HONG")])
def test_a_text_without_an_answer_says_so(client, transactional_db, inbox, sender, text):
    response = client.post(inbox, {"from": sender, "text": text}, follow=True)
    assert "Đã nhận tin nhắn. Không có tin trả lời." in response.content.decode()


def test_a_text_without_words_keeps_the_number_and_says_what_is_missing(client, db, inbox):
    response = client.post(inbox, {"from": "0912 345 678", "text": ""})
    html = response.content.decode()
    assert response.status_code == 200
    assert "Nhập nội dung tin nhắn." in html
    assert 'value="0912 345 678"' in html
    assert not IncomingSms.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_inbox_costs_the_same_for_one_and_three(client, db, inbox, count, django_assert_num_queries):
    for _ in range(count):
        InboxCopy.objects.create(channel="sms", recipient="+84912345678", body="x")
    with django_assert_num_queries(3):
        client.get(inbox)


def test_without_demo_there_is_no_inbox(client, db, inbox, settings):
    copy = InboxCopy.objects.create(channel="email", recipient="lan@example.com", body="x", html="x")
    settings.DEMO = False
    assert client.get(inbox).status_code == 404
    assert client.get(reverse("dev_letter", args=[copy.pk])).status_code == 404
