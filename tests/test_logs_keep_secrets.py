"""A whole journey with every log line kept, then searched for what no log may hold."""

import logging
import re

import pytest
from captcha.models import CaptchaStore
from django.test import Client
from django.urls import reverse

from accounts.tests.mail import letters, link_in, password_in
from accounts.tests.test_signup import DATA
from dossiers.tests import walk
from portal.logs import JsonFormatter
from portal.messaging import delivery
from portal.messaging.models import OutgoingMessage

OWN, PHONE, NUMBER = "Núi cao 9 thước", "0977665544", "066192001234"


class Kept(logging.Handler):
    def __init__(self):
        super().__init__(level=logging.DEBUG)
        self.setFormatter(JsonFormatter())
        self.lines = []

    def emit(self, record):
        self.lines.append(self.format(record))


@pytest.fixture
def kept():
    handler, root = Kept(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    # Everything but the SQL, which nobody turns on in production.
    root.setLevel(logging.DEBUG)
    logging.getLogger("django.db.backends").setLevel(logging.INFO)
    yield handler.lines
    root.removeHandler(handler)
    root.setLevel(level)


def leaked(lines, secrets):
    """Which secrets stand in which lines; the few digits of a code inside the name of a request are chance."""
    wanted = {
        secret: re.compile(rf"(?<!\w){secret}(?!\w)" if secret.isdecimal() and len(secret) < 9 else re.escape(secret)) for secret in secrets
    }
    return [(secret, line) for line in lines for secret, pattern in wanted.items() if pattern.search(line)]


def test_no_line_of_a_whole_journey_holds_a_secret(kept, hoa, agency, birth):
    client, secrets = Client(raise_request_exception=False), [OWN, "Mật khẩu sai 1"]
    client.post(reverse("accounts:signup_email"), DATA | {"phone": PHONE})
    letter = letters("confirm")[0]
    temporary, link = password_in(letter), link_in(letter)
    secrets += [temporary, link.strip("/").rpartition("/")[2], NUMBER, PHONE[1:]]
    delivery.deliver_due()
    client.get(link + "x/")
    client.post(link)
    client.post(reverse("account_login"), {"login": NUMBER, "password": "Mật khẩu sai 1"})
    client.post(reverse("account_login"), {"login": DATA["email"], "password": temporary})
    client.post(reverse("accounts:choose_password"), {"password1": OWN, "password2": OWN})
    client.post(reverse("account_reset_password"), {"login": DATA["email"]})
    reset = link_in(letters("reset")[0])
    secrets.append(reset.strip("/").rpartition("/")[2])
    client.get(reset)
    dossier = walk.to_review(client, birth, agency)
    walk.file(client, dossier)
    dossier.refresh_from_db()
    secrets += list(CaptchaStore.objects.values_list("response", flat=True))
    client.post(reverse("tracking:track"), {"ma": dossier.receipt_code, "so": NUMBER[-4:]})
    client.get(f"/ho-so/{NUMBER}/")
    client.post(f"/dang-nhap/?login={NUMBER}", {}, headers={"host": f"{NUMBER}_.example"})
    desk = Client()
    desk.post(reverse("admin:login"), {"username": hoa.username, "password": "Đường lên núi 3"})
    code = OutgoingMessage.objects.filter(kind="otp").latest("pk").body.split()[0]
    delivery.deliver_due()
    desk.post(reverse("admin:login_code"), {"code": "000000"})
    desk.post(reverse("admin:login_code"), {"code": code})
    secrets += [code, hoa.phone[3:], "Đường lên núi 3"]
    assert dossier.receipt_code
    assert kept
    assert leaked(kept, secrets) == []

    logging.getLogger("portal").warning("a slip: %s", OWN)
    assert [secret for secret, _line in leaked(kept, secrets)] == [OWN]


def test_what_was_secret_is_gone_from_the_rows_once_sent(lan):
    Client().post(reverse("account_reset_password"), {"login": lan.email})
    delivery.deliver_due()
    row = OutgoingMessage.objects.get(kind="reset")
    assert (row.state, row.body, row.html) == ("sent", "", "")
