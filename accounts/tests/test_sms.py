"""Texts for an account: what is understood, what is answered, and what one phone may ask."""

import datetime
import ipaddress
import re
import threading
import time
import unicodedata
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings as project
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts import registry, signup, sms
from accounts.models import Subscriber, User
from accounts.tests.at_once import at_once
from accounts.tests.mail import letters, link_in
from accounts.tests.make import make_citizen
from accounts.tests.test_signin import sign_in
from portal.fields import BirthDate
from portal.messaging import broker, commands, delivery, inbound, outbox, tasks, wording
from portal.messaging.gateways import MemoryGateway
from portal.messaging.models import IncomingPart, IncomingSms, OutgoingMessage

pytestmark = pytest.mark.django_db

LAN, MINH = "+84912345678", "+84987654321"
TEXT = "Nguyen Van An, 066080001234, 15/08/1980"
BORN = BirthDate(datetime.date(1980, 8, 15), year_only=False)
AGAIN = "Soan lai: TK, Nguyen Van An, 066080001234, 15/08/1980 gui 8188."
SYNTAX = "Tin nhan sai cu phap. Soan: TK, Ho va ten, soCMND, Ngaysinh gui 8188. Vi du: TK, Nguyen Van An, 066080001234, 15/08/1980"
TAKEN = (
    "So CMND/CCCD nay da co tai khoan. Quen mat khau: vao muc Quen mat khau tren trang dich vu cong. "
    "Khong phai tai khoan cua Ong/Ba: goi 1022."
)
PHONE_TAKEN = TAKEN.replace("So CMND/CCCD nay", "So dien thoai nay")
TEMPLATES = sorted((Path(project.BASE_DIR) / "templates/messages/accounts").glob("sms_*.sms.txt"))


def texted(text, sender=LAN):
    """The reply to a text, on its whole way."""
    number = IncomingSms.objects.count()
    reply = inbound.answer(inbound.store(f"test-{sender}-{number}-{timezone.now():%f}", sender, text))
    return reply and reply.body


def password_in(reply):
    return re.search(r"Mat khau tam: (\S+),", reply)[1]


# --- What is understood ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "TK, Nguyen Van An, 066080001234, 15/08/1980",
        "TK;Nguyen Van An;066080001234;15/08/1980",
        "tk Nguyen Van An, 066080001234; 15.08.1980",
        "Tk,nguyen van an,066 080 001 234,15-8-1980.",
        "TK:  NGUYEN  VAN  AN ; 066.080.001.234 ; 15 / 08 / 1980 ,",
        "  tk ,\nNguyen Van An,\n066080001234,\n15/8/1980 ",
        "ＴＫ，Nguyen Van An，０６６０８０００１２３４；15/08/1980",
        "TK. Nguyen Van An, 066080001234, 15081980",
    ],
)
def test_a_text_in_any_spelling_makes_the_account(text):
    assert texted(text).startswith("Tai khoan: 066080001234. Mat khau tam: ")
    user = User.objects.get()
    assert (user.username, user.national_id, user.full_name) == ("066080001234", "066080001234", "Nguyen Van An")
    assert (user.birth_date, user.birth_year_only, user.phone, user.door) == (BORN.date, False, LAN, "sms")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Nguyễn Văn Án", "Nguyễn Văn Án"),
        (unicodedata.normalize("NFD", "Nguyễn Văn Án"), "Nguyễn Văn Án"),
        ("h'hen niê", "H'Hen Niê"),
        ("Y Ƀlĭk", "Y Ƀlĭk"),
        ("LÊ THỊ NGỌC-ANH", "Lê Thị Ngọc-Anh"),
    ],
)
def test_names_keep_their_accents(typed, kept):
    assert sms.read(f", {typed}, 066080001234, 15/08/1980").full_name == kept


def test_an_old_card_may_have_only_the_year():
    assert sms.read("Lê A, 240123456, 1955") == sms.Person("Lê A", "240123456", BirthDate(datetime.date(1955, 1, 1), year_only=True))


@pytest.mark.parametrize("text", ["tkhong", "TKE 1", "tk0912345678", "tài khoản"])
def test_what_only_begins_like_the_word_is_no_text_for_an_account(text):
    assert commands.find(text)[0] is not sms.register


@pytest.mark.parametrize("text", ["TK", "tk ", "TK,", "TK;x", "tk\tx", "TK.x", "ＴＫ x"])
def test_the_word_stands_alone_or_before_a_sign(text):
    assert commands.find(text)[0] is sms.register


def test_the_account_is_complete_and_its_password_temporary(client, time_machine):
    time_machine.move_to("2026-11-18T02:00:00Z", tick=False)
    reply = texted(f"TK, {TEXT}")
    user = User.objects.get()
    assert reply == (
        f"Tai khoan: 066080001234. Mat khau tam: {password_in(reply)}, dung trong 24 gio, phai doi khi dang nhap lan dau. "
        "Khong dua mat khau cho bat ky ai."
    )
    now = timezone.now()
    assert (user.activated_at, user.phone_verified_at, user.temporary_password_until) == (now, now, now + datetime.timedelta(hours=24))
    assert user.check_password(password_in(reply))
    assert sign_in("066080001234", password_in(reply)).status_code == 302
    assert OutgoingMessage.objects.get(kind="sms_answer").secret


def test_an_unfinished_sign_up_with_the_same_number_blocks_nobody():
    User.objects.create(username="cho-1", national_id="066080001234", phone=LAN)
    assert texted(f"TK, {TEXT}").startswith("Tai khoan")


# --- Mistakes ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "reply"),
    [
        ("", SYNTAX),
        (", ;", SYNTAX),
        ("giup toi voi", f"Tin nhan con thieu so CCCD/CMND va ngay sinh. {AGAIN}"),
        ("Nguyen Van An, 066080001234", f"Tin nhan con thieu ngay sinh. {AGAIN}"),
        ("Nguyen Van An, 15/08/1980", f"Tin nhan con thieu so CCCD/CMND. {AGAIN}"),
        ("066080001234; 15.08.1980.", f"Tin nhan con thieu ho va ten. {AGAIN}"),
        ("066080001234", f"Tin nhan con thieu ho va ten va ngay sinh. {AGAIN}"),
        ("15/08/1980", f"Tin nhan con thieu ho va ten va so CCCD/CMND. {AGAIN}"),
        ("Nguyen Van An,, 15/08/1980", f"Tin nhan con thieu so CCCD/CMND. {AGAIN}"),
        ("Nguyen Van An 066080001234, 15/08/1980", f"Tin nhan con thieu so CCCD/CMND. {AGAIN}"),
        ("Nguyen, Van An, 066080001234, 15/08/1980", f"Khong viet dau phay giua ho va ten. {AGAIN}"),
        ("Nguyen Van An, 066080001234, 15/08/1980, nam", SYNTAX),
        ("Nguyen V4n An, 066080001234, 15/08/1980", f"Ho va ten chi gom chu, khong co so hay ky hieu. {AGAIN}"),
        ("A " * 60 + ", 066080001234, 15/08/1980", f"Ho va ten dai qua 100 chu. Viet nhu tren the Can cuoc. {AGAIN}"),
        ("Nguyen Van An, 06608000123a, 15/08/1980", f"So CCCD/CMND chi gom chu so. {AGAIN}"),
        ("Nguyen Van An, 0660800012, 15/08/1980", f"So CCCD/CMND vua nhan co 10 chu so. CCCD co 12, CMND co 9 chu so. {AGAIN}"),
        ("Nguyen Van An, 066080001234, 15 thang 8", f"Ngay sinh chua ro. Viet ngay/thang/nam. {AGAIN}"),
        ("Nguyen Van An, 066080001234, 15/08/80", f"Ngay sinh chua ro. Viet ngay/thang/nam. {AGAIN}"),
        ("Nguyen Van An, 066080001234, 31/2/1980", f"Ngay 31/02/1980 khong co trong lich. {AGAIN}"),
        ("Nguyen Van An, 066080001234, 15/08/2080", f"Ngay sinh khong the o tuong lai. {AGAIN}"),
        ("Nguyen Van An, 066080001234, 15/08/1080", f"Nam sinh 1080 chua dung. {AGAIN}"),
        (
            "Nguyen Van An, 066080001234, 15/08/1981",
            "Nam sinh chua khop voi so CCCD trong tin nhan. Xem lai ngay sinh va so CCCD roi nhan lai gui 8188. Can giup do, goi 1022.",
        ),
        (
            "Nguyen Van An, 066215001234, 15/08/2015",
            "Nguoi duoi 16 tuoi chua tu dang ky duoc. Cha, me hoac nguoi giam ho dang ky tai khoan cua minh roi nop ho so thay. "
            "Can giup do, goi 1022.",
        ),
    ],
)
def test_each_mistake_is_named(text, reply, time_machine):
    time_machine.move_to("2026-11-18T02:00:00Z", tick=False)
    assert texted(f"TK {text}") == reply
    assert not User.objects.exists()


def test_a_taken_number_is_told_with_the_ways_out():
    make_citizen(national_id="066080001234")
    assert texted(f"TK, {TEXT}") == TAKEN


def test_a_number_that_was_an_account_name_once_is_taken_too():
    User.objects.create(username="066080001234")
    assert texted(f"TK, {TEXT}") == TAKEN


def test_a_phone_with_an_account_resets_nothing():
    texted(f"TK, {TEXT}")
    user = User.objects.get()
    assert texted("TK, Nguyen Van Binh, 066080001234, 15/08/1980") == PHONE_TAKEN
    assert texted("TK, Nguyen Van An, 066080004321, 15/08/1980") == PHONE_TAKEN
    assert User.objects.get().password == user.password


def test_a_phone_in_somebody_elses_name_registers_nobody(settings):
    settings.DEMO = True
    Subscriber.objects.create(phone=LAN, national_id="066080009999")
    assert texted(f"TK, {TEXT}") == (
        "So dien thoai nay chua dang ky chinh chu voi so CCCD/CMND trong tin nhan. Nhan tu so khac, hoac den cua hang nha mang de dang ky."
    )


def test_from_a_phone_in_another_name_nobody_learns_whether_a_number_is_taken(settings):
    settings.SUBSCRIBER_UNKNOWN = "refuse"
    make_citizen(national_id="066080001234")
    assert texted(f"TK, {TEXT}").startswith("So dien thoai nay chua dang ky chinh chu")


def test_a_register_that_is_away_is_told(monkeypatch):
    monkeypatch.setattr(registry, "check", lambda phone, number: registry.Verdict.OUTAGE)
    assert texted(f"TK, {TEXT}") == "Hien chua kiem tra duoc so chinh chu cua thue bao nay. Nhan lai sau it phut, hoac goi 1022."


def test_a_closed_door_says_so(settings):
    settings.SIGNUP_DOORS = ["email"]
    closed = "Hien khong nhan dang ky tai khoan bang tin nhan. Xem cach khac tren trang dich vu cong, hoac goi 1022."
    assert texted(f"TK, {TEXT}") == closed
    assert not User.objects.exists()


# --- Again, and too often ----------------------------------------------------------------------


def test_the_same_text_twice_makes_one_account_and_one_reply(time_machine):
    time_machine.move_to("2026-11-18T02:00:00Z", tick=False)
    assert texted(f"TK, {TEXT}")
    password = User.objects.get().password
    assert texted(f"tk;{TEXT.replace(',', ';')}") is None
    time_machine.move_to("2026-11-18T02:09:59Z", tick=False)
    assert texted(f"TK, {TEXT}") is None
    time_machine.move_to("2026-11-18T02:10:01Z", tick=False)
    assert texted(f"TK, {TEXT}") == PHONE_TAKEN
    assert User.objects.get().password == password


def test_the_same_mistake_twice_gets_one_reply():
    assert [texted("TK, An"), texted("TK, An")] == [f"Tin nhan con thieu so CCCD/CMND va ngay sinh. {AGAIN}", None]
    assert texted("TK, An", MINH) == f"Tin nhan con thieu so CCCD/CMND va ngay sinh. {AGAIN}"


def test_one_phone_is_answered_so_often_an_hour():
    replies = [texted(f"TK, {'A' * (n + 1)}") for n in range(7)]
    assert [reply is not None for reply in replies] == [True] * 5 + [False] * 2
    assert texted("TK", MINH) == SYNTAX


def test_one_phone_asks_about_so_many_numbers_an_hour(settings):
    settings.SMS_SIGNUPS_PER_HOUR = 50
    for n in range(7):
        make_citizen(national_id=f"06608000200{n}")
    replies = [texted(f"TK, Nguyen Van An, 06608000200{n}, 15/08/1980") for n in range(7)]
    assert replies == [TAKEN] * 5 + [None] * 2


# --- From the provider's door to the provider ----------------------------------------------------


@pytest.fixture
def handed_in(settings, monkeypatch, client, transactional_db):
    """Hand in texts as a gateway does; gives what the gateway is handed for the sender, all in one moment."""
    settings.SMS_MO_SECRET, settings.SMS_MO_ALLOWED_IPS = "cua-vao", [ipaddress.ip_network("127.0.0.1")]
    monkeypatch.setattr(MemoryGateway, "sent", sent := [])
    monkeypatch.setattr(broker, "ask", lambda task, *args: getattr(tasks, task.rpartition(".")[2])(*args))
    monkeypatch.setattr(outbox, "wake_after_commit", lambda: None)

    def hand_in(*texts, **fields):
        for number, text in enumerate(texts, start=1):
            query = {"from": "84912345678", "to": "8188", "text": text, "msgid": f"k-{number}", "secret": "cua-vao"} | fields
            query = {name: value(number) if callable(value) else value for name, value in query.items()}
            response = client.get("/sms/mo/?" + urlencode(query))
            assert (response.status_code, response.content) == (200, b"")
        delivery.deliver_due()
        return sent

    return hand_in


REGISTERED = r"Tai khoan: 066080001234\. Mat khau tam: \S+, dung trong 24 gio, phai doi khi dang nhap lan dau\. .*"


def test_a_text_at_the_door_becomes_an_account_and_a_reply(handed_in):
    for _ in range(2):  # the gateway's repetition is the same text
        sent = handed_in("TK, Nguyễn Văn An, 066080001234, 15/08/1980".encode("utf-16-be"), charset="UTF-16BE")
    [(to, text)] = [(message["to"], message["text"]) for message in sent]
    assert to == LAN
    assert re.fullmatch(REGISTERED, text)
    user = User.objects.get()
    assert (user.full_name, user.phone, user.door) == ("Nguyễn Văn An", LAN, User.Door.SMS)
    assert user.check_password(password_in(text))
    assert OutgoingMessage.objects.get().body == ""


def test_a_long_text_in_parts_becomes_an_account_and_a_reply(handed_in):
    texts = ["TK, Công Tằng Tôn Nữ Thị Hồng ", "Hạnh, 066080001234, 15/08/1980"]
    sent = handed_in(*[text.encode("utf-16-be") for text in texts], charset="UTF-16BE", udh=lambda number: bytes([5, 0, 3, 204, 2, number]))
    assert len(sent) == 1
    assert User.objects.get().full_name == "Công Tằng Tôn Nữ Thị Hồng Hạnh"
    assert not any("Hạnh" in text for text in IncomingPart.objects.values_list("text", flat=True))


# --- At the same moment ------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_identical_texts_at_once_make_one_account_and_one_reply():
    texts = [inbound.store(f"k-{n}", LAN, f"TK, {TEXT}") for n in range(4)]
    replies = at_once(*[lambda text=text: inbound.answer(text) for text in texts])
    assert sum(reply is not None for reply in replies) == 1
    assert User.objects.count() == 1
    assert User.objects.get().check_password(password_in(OutgoingMessage.objects.get().body))
    assert set(IncomingSms.objects.values_list("text", flat=True)) == {"TK"}


@pytest.mark.django_db(transaction=True)
def test_two_identical_mistakes_at_once_get_one_reply():
    texts = [inbound.store(f"k-{n}", LAN, "TK, An") for n in range(4)]
    assert sum(reply is not None for reply in at_once(*[lambda text=text: inbound.answer(text) for text in texts])) == 1


@pytest.mark.django_db(transaction=True)
def test_two_phones_with_one_number_at_once_make_one_account_and_one_notice():
    texts = [inbound.store(f"k-{sender}", sender, f"TK, {TEXT}") for sender in (LAN, MINH, "+84911111111")]
    bodies = sorted(reply.body for reply in at_once(*[lambda text=text: inbound.answer(text) for text in texts]))
    assert bodies[:2] == [TAKEN, TAKEN]
    assert bodies[2].startswith("Tai khoan: 066080001234.")
    assert User.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_text_at_the_moment_of_another_sign_up_waits_for_it_and_is_told():
    """Another door writes its account and has not committed yet when the text is answered."""
    incoming, written = inbound.store("k-1", LAN, f"TK, {TEXT}"), threading.Event()

    def another_door():
        with transaction.atomic():
            User.objects.create(username="an@example.com", national_id="066080001234", activated_at=timezone.now())
            written.set()
            time.sleep(0.3)

    def text():
        written.wait()
        return inbound.answer(incoming).body

    assert at_once(another_door, text) == [None, TAKEN]
    assert User.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_another_sign_up_finished_while_a_text_makes_the_account_is_told():
    with transaction.atomic():
        signup.begin(email="an@example.com", full_name="Nguyễn Văn An", national_id="066080001234", birth_date=BORN.date)
    link = link_in(letters()[0])
    incoming = inbound.store("k-1", LAN, f"TK, {TEXT}")
    reply, page = at_once(lambda: inbound.answer(incoming).body, lambda: Client().post(link))
    assert User.objects.activated().filter(national_id="066080001234").count() == 1
    assert (reply == TAKEN) == (page.status_code == 302)
    assert page.status_code in (200, 302)


# --- Letters that fit --------------------------------------------------------------------------

LONGEST = {
    "login": "066080001234", "password": "xuka-7294-bomi-3658", "hours": 999, "age": 16, "n": 1000, "day": "31", "month": "12",
    "year": "9999", "what": "ho va ten va so CCCD/CMND", "x": "@",
}  # fmt: skip


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_reply_fits_with_the_longest_values(path, settings):
    settings.HOTLINE = "0262 3 999 999"
    name = path.name.removesuffix(".sms.txt")
    # The two longest are the catalogue's, where a hotline has four digits.
    if name in ("sms_taken", "sms_phone_taken", "sms_under_age"):
        settings.HOTLINE = "19001022"
    assert wording.sms_faults(wording.sms_text(f"accounts/{name}", LONGEST)) == []


def test_every_reply_is_one_that_a_text_can_get():
    code = Path(sms.__file__).read_text(encoding="utf-8")
    assert [path.name for path in TEMPLATES if f'"{path.name.removeprefix("sms_").removesuffix(".sms.txt")}"' not in code] == []
