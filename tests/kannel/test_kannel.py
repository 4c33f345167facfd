"""Both directions of the short code through real Kannel: texts in, answers out, reports back, outages of either side."""

import re

import pytest

from portal.testing.citizen import Citizen
from portal.testing.site import wait_until
from tests.outage.form import ANSWERS, PROCEDURE

pytestmark = pytest.mark.kannel

RECOVERY_SECONDS = 60
REASON = "Bổ sung bản sao trích lục khai sinh"


@pytest.fixture(scope="session")
def owner(kannel_and_site):
    """A citizen of the demo who has filed a dossier, for which a paper is asked."""
    _kannel, site = kannel_and_site
    citizen = Citizen(site.url, site.people()["citizens"][0])
    citizen.sign_in()
    citizen.begin(PROCEDURE)
    citizen.confirm("nguoi-nop", "don")
    citizen.confirm("don", "giay-to", **ANSWERS)
    citizen.confirm("giay-to", "nhan-ket-qua")
    citizen.confirm("nhan-ket-qua", "kiem-tra", delivery="direct")
    form, filled = citizen.filing(site.captcha_answer)
    citizen.code = re.search(r"H\d\d\.[\w.]+-\d{6}-\d{4,}", citizen.send(form, **filled).text).group()
    site.command(
        "shell", "--no-imports", "-c",
        "from dossiers.models import Dossier; from procedures.tests.make import make_official;"
        f"dossier = Dossier.objects.get(receipt_code='{citizen.code}');"
        f"dossier.move('ask_supplement', by=make_official(dossier.agency), note='{REASON}')",
    )  # fmt: skip
    return citizen


@pytest.mark.parametrize(
    ("sender", "text", "way"),
    [
        ("+84912000101", "TK, Nguyen Van An, 066080001234, 15/08/1980", "text"),
        ("0912000102", "TK; Nguyễn Văn Ân; 066080001235; 15.08.1980", "text_with_marks"),
    ],
    ids=["plain", "with marks"],
)
def test_a_text_becomes_an_account_one_enters(kannel, site, sender, text, way):
    phone = "+84" + sender[-9:]
    getattr(kannel, way)(sender, text)
    (answer,) = kannel.await_texts(phone)
    number = re.search(r"\d{12}", text).group()
    told = re.fullmatch(rf"Tai khoan: {number}\. Mat khau tam: (\S+), dung trong 24 gio, .*", answer)
    assert told, answer
    assert answer.isascii()
    assert len(answer) <= 160
    name = re.split("[,;] ", text)[1]
    assert site.rows("SELECT full_name, phone, door FROM accounts_user WHERE national_id = %s", number) == [(name, phone, "sms")]

    citizen = Citizen(site.url, {"user": number, "password": told.group(1)})
    citizen.sign_in()
    page = enter_the_code(kannel, citizen, phone)
    assert page.path == "/dang-nhap/mat-khau-moi/", page.text
    page = citizen.send(page.form("password1"), password1="một mật khẩu dài", password2="một mật khẩu dài")
    assert (page.status, citizen.get("/tai-khoan/").path) == (200, "/tai-khoan/")


def enter_the_code(kannel, citizen, phone):
    """A phone that is proven gets a code at the first sign-in: it too leaves by Kannel."""
    texts = kannel.await_texts(phone, 2)
    code = re.match(r"(\d{6}) la ma xac nhan", texts[-1])
    assert code, texts
    form = citizen.get("/dang-nhap/otp/").form("code")
    return citizen.send(form, code=code.group(1))


def test_no_password_stays_in_the_row_or_in_kannels_logs(kannel, site):
    kannel.text("+84912000103", "TK, Tran Thi Binh, 066185001236, 15/08/1985")
    (answer,) = kannel.await_texts("+84912000103")
    password = re.search(r"Mat khau tam: (\S+),", answer).group(1)
    wait_until(lambda: sent_to(site, "+84912000103") == [("sent", "")], RECOVERY_SECONDS, "the text was not wiped")
    assert password not in kannel.logs()
    assert kannel.password not in kannel.logs()


def sent_to(site, phone):
    return site.rows("SELECT state, body FROM messaging_outgoingmessage WHERE recipient = %s ORDER BY id", phone)


def test_a_stranger_is_told_the_status_of_a_dossier(kannel, owner):
    kannel.text("+84912000104", f"dvc{owner.code.lower()}")
    (answer,) = kannel.await_texts("+84912000104")
    assert answer.startswith(f"Ho so {owner.code}: Yeu cau bo sung"), answer
    assert "trich luc" not in answer


def test_the_owner_is_told_the_reason_too(kannel, owner):
    phone = owner.account["phone"]
    before = len(kannel.arrived(phone))
    kannel.text_with_marks(phone, f"DVC [{owner.code}]")
    wait_until(
        lambda: any("trich luc khai sinh" in answer for answer in kannel.arrived(phone)[before:]),
        RECOVERY_SECONDS, "the owner was not told the reason",
    )  # fmt: skip


def test_a_report_says_that_the_answer_arrived(kannel, site):
    kannel.text("+84912000105", "xin chao")
    (answer,) = kannel.await_texts("+84912000105")
    assert answer.startswith("Tin nhan chua dung cu phap."), answer
    await_report(site, "+84912000105")


def await_report(site, phone):
    reported = "SELECT provider, report FROM messaging_outgoingmessage WHERE recipient = %s"
    wait_until(lambda: site.rows(reported, phone) == [("kannel-1", "delivered")], RECOVERY_SECONDS, f"nothing is reported about {phone}")


def test_the_parts_of_a_long_text_are_put_together(kannel, site):
    kannel.text_part("+84912000106", "Quang Minh, 066080001237, 15/08/1980", reference=42, number=2, total=2)
    kannel.text_part("+84912000106", "TK, Nguyen Hoang ", reference=42, number=1, total=2)
    (answer,) = kannel.await_texts("+84912000106")
    assert answer.startswith("Tai khoan: 066080001237."), answer
    assert site.rows("SELECT full_name FROM accounts_user WHERE phone = '+84912000106'") == [("Nguyen Hoang Quang Minh",)]


def test_messages_wait_while_kannel_is_away(kannel, site):
    """Three people ask over another provider's line, so that Kannel carries only the answers."""
    people = [f"+849120002{n:02d}" for n in range(3)]
    kannel.kill("bearerbox")
    for phone in people:
        Citizen(site.url, {}).get(f"/sms/mo/?from=%2B{phone[1:]}&to=8188&text=xin+chao&msgid=away-{phone}&secret={kannel.secret}")
    tried = "SELECT recipient FROM messaging_outgoingmessage WHERE state = 'waiting' AND tries > 0 AND recipient = ANY(%s)"
    wait_until(lambda: len(site.rows(tried, people)) == 3, RECOVERY_SECONDS, "the answers were not tried")
    assert [kannel.arrived(phone) for phone in people] == [[], [], []]
    kannel.start_again()
    kannel.switch_phones_on()
    for phone in people:
        kannel.await_texts(phone)
    wait_until(
        lambda: [state for phone in people for state, _body in sent_to(site, phone)] == ["sent"] * 3,
        RECOVERY_SECONDS,
        "the rows still wait",
    )
    assert [len(kannel.arrived(phone)) for phone in people] == [1, 1, 1]


def test_what_kannel_accepted_survives_its_death(kannel, site):
    kannel.switch_phones_off()
    kannel.text("+84912000107", "xin chao")
    wait_until(
        lambda: [state for state, _body in sent_to(site, "+84912000107")] == ["sent"], RECOVERY_SECONDS, "Kannel did not accept the answer"
    )
    kannel.kill("bearerbox")
    kannel.start_again()
    kannel.switch_phones_on()
    assert len(kannel.await_texts("+84912000107")) == 1
    await_report(site, "+84912000107")


def test_a_text_that_comes_while_the_portal_is_away_is_answered_once(kannel, site):
    with site.without("web"):
        kannel.text("+84912000108", "xin chao")
    site.await_ready(RECOVERY_SECONDS)
    kannel.await_texts("+84912000108")
    assert site.rows("SELECT count(*) FROM messaging_incomingsms WHERE sender = '+84912000108'") == [(1,)]
    assert len(kannel.arrived("+84912000108")) == 1
    # Kannel tried in vain for seconds, and said nothing of what it tried.
    assert kannel.secret not in kannel.logs()
