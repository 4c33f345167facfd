"""“DVC<Mã biên nhận>”: the words of the tracking page, and what is said to whom."""

import datetime
import logging
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from dossiers import words
from dossiers.models import DossierEvent
from dossiers.status import Status
from dossiers.tests.make import make_dossier, make_draft
from portal.messaging import inbound, wording
from portal.messaging.models import IncomingSms, OutgoingMessage
from portal.text import unaccented
from tracking import sms

STRANGER = "+84900000000"
UNKNOWN = "Khong tim thay ma bien nhan nay. Xin xem lai ma tren giay hen. Soan: DVC Ma bien nhan gui 8188. Can giup do, goi 1022."


def made(lan, birth, agency, status, note="", **fields):
    dossier = make_dossier(lan, birth, agency, status, **fields)
    DossierEvent.objects.create(
        dossier=dossier, verb="test", from_status=Status.SUBMITTED, to_status=status, note=note, at=dossier.submitted_at, office="Một cửa"
    )
    return dossier


@pytest.fixture
def dossier(lan, birth, agency):
    return make_dossier(lan, birth, agency, Status.PROCESSING)


# --- Which dossier -----------------------------------------------------------------------------


def test_the_reply_says_where_the_dossier_is_in_plain_letters(dossier):
    assert sms.look_up(STRANGER, f" {dossier.receipt_code.lower()}") == (
        f"Ho so {dossier.receipt_code}: Dang xu ly. Ho so dang duoc giai quyet. Ong/Ba chua can lam gi them."
    )


SPELLINGS = [
    "DVC {code}",
    "DVC{code}",
    "dvc {lower}",
    "dvc{lower}",
    "Dvc  {code} ",
    "DVC<{code}>",
    "DVC <{lower}>",
    "DVC[{code}]",
    "DVC ({code})",
    "DVC “{code}”",
    "DVC: {code}.",
    "DVC {bare}",
    "DVC{bare}",
    "dvc {spaced}",
    "DVC {dotless}",
    "DVC {dashes}",
    "DVC\n{code}",
    "ＤＶＣ　{wide}",
    "ĐVC {code}",
    "Đvc {accented}",
    "<DVC {code}>",
    "DVC {code} gui 8188",
    "DVC ma bien nhan {code} xin cam on",
    "DVC {spaced} gửi 8188",
    "DVC " + "{code}" + " " + "x" * 900,
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_every_spelling_finds_the_dossier(dossier, spelling):
    code = dossier.receipt_code
    text = spelling.format(
        code=code,
        lower=code.lower(),
        bare="".join(letter for letter in code if letter.isalnum()),
        spaced=code.replace(".", " ").replace("-", " "),
        dotless=code.replace(".", ""),
        dashes=code.replace("-", "–"),
        wide="".join(chr(ord(letter) + 0xFEE0) for letter in code),
        accented=code.replace("H", "H\u0301"),
    )
    assert inbound.answer(inbound.store("k-1", STRANGER, text)).body.startswith(f"Ho so {code}: Dang xu ly.")


# --- The words ---------------------------------------------------------------------------------

ALL = [status for status in Status if status != Status.DRAFT]
DAY = datetime.date(2026, 11, 25)
DATES = {
    "due_at": timezone.make_aware(datetime.datetime(2026, 11, 25, 16, 30)),
    "supplement_by": DAY,
    "fee_by": DAY,
    "fee_vnd": 1_234_567_890,
}


@pytest.mark.parametrize("status", ALL)
def test_the_status_is_that_of_the_tracking_page(client, lan, birth, agency, status):
    dossier = made(lan, birth, agency, status, **DATES)
    with translation.override("vi"):
        word = words.of(dossier).word
    assert word in client.get("/tracuuhs/", {"ma": dossier.receipt_code}).content.decode()
    for sender in (STRANGER, dossier.applicant_phone):
        assert sms.look_up(sender, dossier.receipt_code).startswith(f"Ho so {dossier.receipt_code}: {unaccented(word)}.")


def test_the_whole_replies(lan, birth, agency, settings):
    replies = {}
    for status in (Status.RECEIVED, Status.PROCESSING, Status.SUPPLEMENT, Status.DONE):
        dossier = made(lan, birth, agency, status, **DATES | {"due_at": timezone.now() + datetime.timedelta(days=400)})
        due = timezone.localtime(dossier.due_at)
        reply = sms.look_up(STRANGER, dossier.receipt_code)
        replies[status] = reply.replace(dossier.receipt_code, "CODE").replace(f"{due:%d/%m/%Y}", "DUE")
    assert replies == {
        Status.RECEIVED: "Ho so CODE: Duoc tiep nhan. Ho so du giay to. Hen tra DUE.",
        Status.PROCESSING: "Ho so CODE: Dang xu ly. Hen tra ngay DUE. Ho so dang duoc giai quyet. Ong/Ba chua can lam gi them.",
        Status.SUPPLEMENT: ("Ho so CODE: Yeu cau bo sung giay to. Hen tra ngay DUE. Ong/Ba can bo sung giay to truoc 25/11/2026."),
        Status.DONE: "Ho so CODE: Da xu ly xong. Hen tra ngay DUE. Da co ket qua. Mang CCCD den UBND phuong Buon Ma Thuot de nhan.",
    }


def test_a_late_dossier_says_so(lan, birth, agency):
    late = made(lan, birth, agency, Status.PROCESSING, due_at=timezone.now() - datetime.timedelta(days=3))
    assert ": Dang xu ly. Qua hen 3 ngay. Hen tra ngay" in sms.look_up(STRANGER, late.receipt_code)


def test_a_worker_that_spoke_english_before_answers_in_vietnamese(dossier):
    with translation.override("en"):
        assert ": Dang xu ly." in sms.look_up(STRANGER, dossier.receipt_code)


def test_signs_of_a_name_come_as_they_are_and_not_as_html():
    assert "'" in wording.sms_text("tracking/status", {"found": {"code": "H’Hen", "status": {"word": "a"}}})


# --- The reason --------------------------------------------------------------------------------

REASON = "1. Giấy chứng sinh: ảnh mờ\n2. CCCD: thiếu mặt sau"


@pytest.mark.parametrize("status", ALL)
def test_the_reason_goes_to_the_dossiers_own_phone_only(lan, minh, birth, agency, status):
    dossier = made(lan, birth, agency, status, "Ảnh mờ", **DATES)
    reply, lead = sms.look_up(dossier.applicant_phone, dossier.receipt_code), "Ly do" if status in sms.WITH_REASON else "Ghi chu"
    assert reply.endswith(f" {lead}: Anh mo")
    for sender in (STRANGER, minh.phone):
        other = sms.look_up(sender, dossier.receipt_code)
        assert "mo" not in other.split()
        assert lead not in other


def test_a_dossier_without_a_phone_tells_nobody_the_reason(lan, birth, agency):
    dossier = made(lan, birth, agency, Status.REFUSED, REASON, applicant_phone="")
    for sender in (STRANGER, lan.phone, ""):
        assert "Giay chung sinh" not in sms.look_up(sender, dossier.receipt_code)


def test_the_reason_is_that_of_the_last_move(lan, birth, agency):
    dossier = made(lan, birth, agency, Status.SUPPLEMENT, REASON)
    DossierEvent.objects.create(
        dossier=dossier, verb="supplement", from_status=Status.SUPPLEMENT, to_status=Status.SUBMITTED, at=timezone.now(), office="Công dân"
    )
    assert "Giay chung sinh" not in sms.look_up(dossier.applicant_phone, dossier.receipt_code)


def test_what_does_not_fit_gives_way_to_the_reason(lan, birth, agency):
    replies = []
    for reason in (
        "Ảnh mờ",
        "Giấy chứng sinh: ảnh mờ, chụp lại",
        f"{REASON}, chụp lại",
        f"{REASON}\n3. Tờ khai: chưa ký tên ở trang hai, ký rồi chụp lại",
    ):
        dossier = made(lan, birth, agency, Status.SUPPLEMENT, reason, **DATES)
        replies.append(sms.look_up(dossier.applicant_phone, dossier.receipt_code).replace(dossier.receipt_code, "CODE"))
    assert replies == [
        "Ho so CODE: Yeu cau bo sung giay to. Ong/Ba can bo sung giay to truoc 25/11/2026. Ly do: Anh mo",
        "Ho so CODE: Yeu cau bo sung giay to. Ong/Ba can bo sung giay to truoc 25/11/2026. Ly do: Giay chung sinh: anh mo, chup lai",
        "Ho so CODE: Yeu cau bo sung giay to. Hen tra ngay 25/11/2026. Ly do: 1. Giay chung sinh: anh mo 2. CCCD: thieu mat sau, chup lai",
        "Ho so CODE: Yeu cau bo sung giay to. Ly do: 1. Giay chung sinh: anh mo 2. CCCD: thieu mat sau 3. To khai... Xem day du o muc Ho so cua toi.",
    ]


TYPED = [
    "Xem mẫu tại https://dichvucong.daklak.gov.vn/mau?x=1&y=2 rồi nộp lại",
    "Gửi về ubnd@daklak.gov.vn; thiếu 50% lệ phí & [phụ lục] #2 {a} <b> ^~` \\ |",
    "“Giấy chứng sinh” – ảnh mờ…\r\n\tchụp lại\u200b, đủ 4 góc ✅ ☎ 😀 ½ ①",
    "а не по-вьетнамски 漢字 ₫",
    "x" * 3000,
    "Ảnh mờ " * 500,
    "#&@<>[]{}%",
    "daklak[.]vn w#ww.a@b.com.vn",
]


@pytest.mark.parametrize("status", [Status.FEE, Status.RETURNED])
@pytest.mark.parametrize("reason", TYPED)
def test_whatever_an_official_typed_fits_into_one_message_that_carriers_take(lan, birth, agency, status, reason):
    dossier = made(lan, birth, agency, status, reason, **DATES)
    for sender in (STRANGER, dossier.applicant_phone):
        reply = sms.look_up(sender, dossier.receipt_code)
        assert wording.sms_faults(reply) == []
        assert reply.startswith(f"Ho so {dossier.receipt_code}: ")
        assert wording.fit_for_sms(reply) == reply


@pytest.mark.parametrize("status", ALL)
def test_the_longest_code_leaves_room(lan, birth, agency, status):
    code = "000.00.00.H15-261118-1234567"
    late = DATES | {"due_at": timezone.now() - datetime.timedelta(days=3650)}
    dossier = made(lan, birth, agency, status, "Ảnh mờ " * 50, receipt_code=code, receipt_key="000000H152611181234567", **late)
    for sender in (STRANGER, dossier.applicant_phone):
        assert wording.sms_faults(sms.look_up(sender, code)) == []


# --- What is not found, and how often one may ask -----------------------------------------------


def revealed(text, caplog, name):
    """Everything that comes of a text from a stranger's phone."""
    caplog.clear()
    incoming = inbound.store(name, STRANGER, text)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        inbound.answer(incoming)
    incoming.refresh_from_db()
    row = OutgoingMessage.objects.get(about=f"sms:{incoming.pk}")
    told = ("kind", "channel", "recipient", "subject", "body", "html", "headers", "secret", "priority", "any_hour", "state", "tries")
    return {
        "answer": {field: getattr(row, field) for field in told},
        "waits": row.expires_at - incoming.answered_at,
        "kept": (incoming.text, incoming.sender),
        "log": [(record.levelname, record.getMessage()) for record in caplog.records if record.name != "redis.connection"],
        "queries": [re.sub(r"'[^']*'|\d+", "…", query["sql"]) for query in asked],
    }


def test_unknown_malformed_draft_and_foreign_codes_reveal_the_same(dossier, lan, minh, birth, agency, caplog, settings):
    settings.LOOKUPS_PER_10_MINUTES = settings.SMS_ANSWERS_PER_HOUR = 100
    caplog.set_level(logging.DEBUG)
    draft = make_draft(minh, birth, agency=agency)
    number = dossier.receipt_code[-4:]
    texts = [
        "DVC H15.24.133-261118-9999",
        f"DVC {dossier.receipt_code[:-1]}",
        f"DVC {dossier.receipt_code}0",
        f"DVC {dossier.receipt_code.replace('H15', 'H17')}",
        f"DVC {draft.key}",
        f"DVC {draft.pk}",
        "DVC",
        "DVC ",
        "DVC abc",
        f"DVC {number}",
        "DVC ' OR 1=1 --",
        "DVC %",
        "DVC " + "9" * 996,
        "DVC -",
        f"DVC {minh.national_id}",
    ]
    found = [revealed(text, caplog, f"k-{n}") for n, text in enumerate(texts)]
    assert found[0]["answer"]["body"] == UNKNOWN
    assert found[1:] == found[:1] * (len(texts) - 1)


def test_a_reply_costs_the_same_for_whoever_asks(dossier, caplog):
    costs = []
    for sender in (STRANGER, dossier.applicant_phone):
        with CaptureQueriesContext(connection) as asked:
            sms.look_up(sender, dossier.receipt_code)
        costs.append(len(asked))
    assert costs == [2, 2]


def test_a_phone_gets_only_so_many_replies(dossier, settings):
    settings.LOOKUPS_PER_10_MINUTES = 2
    assert [bool(sms.look_up(STRANGER, text)) for text in ("abc", dossier.receipt_code, dossier.receipt_code, "abc")] == [
        True, True, False, False,
    ]  # fmt: skip
    assert sms.look_up("+84900000001", "abc") == UNKNOWN


def test_nothing_is_kept_of_a_look_up_but_its_word(dossier):
    inbound.answer(inbound.store("k-1", dossier.applicant_phone, f"DVC {dossier.receipt_code}"))
    assert list(IncomingSms.objects.values_list("text", flat=True)) == ["DVC"]
    assert OutgoingMessage.objects.get().secret
