"""Django's and allauth's mail takes the same road."""

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives, send_mail

from portal.messaging import delivery
from portal.messaging.models import OutgoingMessage


@pytest.fixture(autouse=True)
def outbox_backend(settings, db):
    settings.EMAIL_BACKEND = "portal.messaging.backends.OutboxBackend"


def test_a_letter_becomes_a_row_in_the_outbox():
    assert (
        send_mail("Xác nhận\nđăng ký", "Kính gửi Ông/Bà,\n\nNhấn vào đây:\nhttps://motcua.example/x", "a@b.example", ["lan@example.com"])
        == 1
    )
    message = OutgoingMessage.objects.get()
    assert (message.channel, message.kind, message.recipient, message.subject) == (
        "email",
        "letter",
        "lan@example.com",
        "Xác nhận đăng ký",
    )
    assert message.body == "Kính gửi Ông/Bà,\n\nNhấn vào đây:\nhttps://motcua.example/x\n"
    assert '<a class="button" href="https://motcua.example/x">Nhấn vào đây</a>' in message.html
    assert message.headers == {"From": "a@b.example"}
    assert message.priority == 1


def test_the_html_a_letter_brings_is_kept():
    letter = EmailMultiAlternatives("x", "chữ", to=["lan@example.com"])
    letter.attach_alternative("<p>chữ</p>", "text/html")
    letter.send()
    assert OutgoingMessage.objects.get().html == "<p>chữ</p>"


def test_each_recipient_has_a_row_and_each_letter_is_an_event_of_its_own():
    for _ in range(2):
        EmailMessage("x", "y", to=["lan@example.com"], bcc=["minh@example.com", "lan@example.com"], reply_to=["hoa@example.com"]).send()
    assert OutgoingMessage.objects.count() == 4
    assert OutgoingMessage.objects.values("event").distinct().count() == 2
    assert OutgoingMessage.objects.first().headers["Reply-To"] == "hoa@example.com"


def test_a_letter_is_secret_unless_it_says_it_is_not():
    EmailMessage("x", "y", to=["lan@example.com"]).send()
    EmailMessage("x", "y", to=["lan@example.com"], headers={"X-Motcua-Secret": "0", "X-Motcua-Kind": "changed", "X-Other": "1"}).send()
    rows = OutgoingMessage.objects.order_by("pk").values_list("secret", "kind")
    assert list(rows) == [(True, "letter"), (False, "changed")]
    assert OutgoingMessage.objects.last().headers == {"From": "mot-cua@localhost", "X-Other": "1"}


def test_our_own_headers_are_not_sent_along(smtp):
    EmailMessage("x", "y", to=["lan@example.com"], headers={"X-Motcua-Secret": "1", "X-Other": "1"}).send()
    delivery.deliver_due()
    (letter,) = smtp.letters
    assert letter["X-Other"] == "1"
    assert not [name for name in letter if name.startswith("X-Motcua")]


def test_an_attachment_is_refused_in_a_sentence():
    letter = EmailMessage("x", "y", to=["lan@example.com"])
    letter.attach("a.txt", "a")
    with pytest.raises(ValueError, match="The outbox carries no attachments"):
        letter.send()


def test_a_letter_to_nobody_is_no_letter():
    assert EmailMessage("x", "y").send() == 0
    assert not OutgoingMessage.objects.exists()
