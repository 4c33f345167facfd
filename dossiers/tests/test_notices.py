"""Every message of every move, word for word, and at its longest."""

import datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from dossiers import links, notices, status, submission, words
from dossiers.models import Dossier
from dossiers.tests.make import make_attachment, make_ready_draft
from portal.messaging import wording
from portal.messaging.models import OutgoingMessage
from procedures.tests.make import make_agency, make_official

CODE = "H15.24.133-261118-0001"
OFFICE = "Nguyễn Thị Thu Hà, Công chức tư pháp – hộ tịch, UBND phường Buôn Ma Thuột"
REASON = "Ảnh mờ, không đọc được họ tên mẹ."


def at(day, hour=9, minute=5):
    return datetime.datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


@pytest.fixture
def office(db):
    return make_agency(identifier="H15.24.133")


@pytest.fixture
def ha(office):
    return make_official(office)


@pytest.fixture
def filed(lan, birth, office):
    lan.phone_verified_at = at(1)
    lan.save()
    return submission.submit(make_ready_draft(lan, birth, office, at=at(18)).pk, lan, at=at(18))


def said(dossier, channel):
    return OutgoingMessage.objects.filter(about=f"dossier:{dossier.pk}", channel=channel).latest("pk")


def letter(dossier):
    """Subject, and what stands between the greeting and the footer, without the tracking link."""
    message = said(dossier, "email")
    greeting, _, body = message.body.partition("\n\n")
    assert greeting == "Kính gửi Ông/Bà H’Lan Niê,"
    body, found, _ = body.partition("\n\nCần giúp đỡ: gọi 1022.\n\nThư này được gửi tự động, xin không trả lời.")
    assert found
    return message.subject, body.replace(links.tracking_url(dossier), "{link}")


def who(by, moment):
    return f"Cơ quan giải quyết: UBND phường Buôn Ma Thuột\nNgười thực hiện: {by}\nThời điểm: {moment}"


def track(by, moment):
    return f"{who(by, moment)}\n\nTra cứu hồ sơ:\n{{link}}"


def test_submitted(filed):
    assert said(filed, "sms").body == (
        f"Da nhan ho so {CODE} luc 09:05 ngay 18/11/2026, dang cho tiep nhan. Tra cuu: soan DVC {CODE} gui 8188."
    )
    assert letter(filed) == (
        f"Đã nộp hồ sơ {CODE}",
        "Đã nhận hồ sơ “Đăng ký khai sinh” lúc 9 giờ 05, 18/11/2026, gửi UBND phường Buôn Ma Thuột.\n\n"
        f"  Mã biên nhận: {CODE}\n\n"
        "Giấy tờ:\n- Giấy chứng sinh (1 tệp)\n\n"
        "Bước tiếp theo: cơ quan kiểm tra trong 8 giờ làm việc, trước 9 giờ 05, 19/11/2026. Ông/Bà chưa cần làm gì.\n\n"
        f"Tra cứu bằng tin nhắn: soạn DVC {CODE} gửi 8188.\n\n" + track("Ông/Bà, qua mạng", "9 giờ 05, 18/11/2026"),
    )


def test_received_and_processing(filed, ha):
    filed.move("receive", by=ha, at=at(19, 14, 20))
    assert said(filed, "sms").body == (
        f"Ho so {CODE} da duoc tiep nhan. Hen tra ket qua ngay 25/11/2026. Tra cuu: soan DVC {CODE} gui 8188."
    )
    assert letter(filed) == (
        f"Hồ sơ {CODE} đã được tiếp nhận",
        "Hồ sơ “Đăng ký khai sinh” đã được tiếp nhận.\n\n"
        "  Hẹn trả kết quả: thứ Tư, 25/11/2026\n\n"
        "Ngày hẹn đã tính: 24/11 nghỉ lễ.\n\n"
        "Ông/Bà theo dõi hồ sơ trong mục Hồ sơ của tôi.\n\n" + track(OFFICE, "14 giờ 20, 19/11/2026"),
    )
    filed.move("process", by=ha, at=at(20))
    assert said(filed, "sms").body == (f"Ho so {CODE} dang duoc xu ly. Hen tra ket qua ngay 25/11/2026. Tra cuu: soan DVC {CODE} gui 8188.")
    assert letter(filed) == (
        f"Hồ sơ {CODE} đang được xử lý",
        "Hồ sơ “Đăng ký khai sinh” đang được giải quyết. Ông/Bà chưa cần làm gì thêm.\n\n"
        "  Hẹn trả kết quả: thứ Tư, 25/11/2026\n\n" + track(OFFICE, "9 giờ 05, 20/11/2026"),
    )


def test_supplement_asked_and_received(filed, ha, lan):
    filed.move("ask_supplement", by=ha, note="1. Giấy chứng sinh: ảnh mờ.\n2. Tờ khai: thiếu trang 2.", at=at(19))
    assert said(filed, "sms").body == (
        f"Ho so {CODE} can bo sung 2 giay to truoc ngay 27/11/2026. Xem muc Ho so cua toi tren trang dich vu cong, hoac goi 1022."
    )
    assert letter(filed) == (
        f"Hồ sơ {CODE} cần bổ sung giấy tờ",
        "Hồ sơ “Đăng ký khai sinh” cần bổ sung giấy tờ trước ngày 27/11/2026.\n\n"
        "Cần bổ sung:\n1. Giấy chứng sinh: ảnh mờ.\n2. Tờ khai: thiếu trang 2.\n\n"
        "Thời hạn giải quyết không tính những ngày chờ Ông/Bà bổ sung.\n\n"
        f"Bổ sung ngay:\nhttps://motcua.example/ho-so/{CODE}/bo-sung/\n\n" + who(OFFICE, "9 giờ 05, 19/11/2026"),
    )
    make_attachment(filed, None)
    filed.move("supplement", by=lan, at=at(20, 10))
    assert said(filed, "sms").body == (
        f"Da nhan giay to bo sung cho ho so {CODE} luc 10:05 ngay 20/11/2026. Can bo se kiem tra va bao lai Ong/Ba."
    )
    assert letter(filed)[1].startswith("Đã nhận giấy tờ bổ sung cho hồ sơ “Đăng ký khai sinh” lúc 10 giờ 05, 20/11/2026.\n\n")


def test_fee_asked_and_confirmed(filed, ha):
    filed.move("receive", by=ha, at=at(18, 10))
    filed.move("process", by=ha, at=at(18, 11))
    filed.move("ask_fee", by=ha, note="Lệ phí cấp giấy phép", fee_vnd=50_000, at=at(19))
    assert said(filed, "sms").body == (
        f"Ho so {CODE} can nop phi 50.000 dong truoc ngay 27/11/2026. Xem cach nop o muc Ho so cua toi. Can bo khong thu tien qua tin nhan."
    )
    assert letter(filed) == (
        f"Hồ sơ {CODE} cần nộp 50.000 đ",
        "Hồ sơ “Đăng ký khai sinh” cần nộp 50.000 đ trước ngày 27/11/2026, theo cách ghi tại mục Hồ sơ của tôi.\n\n"
        "Nội dung thu: Lệ phí cấp giấy phép\n\n"
        "Cán bộ không thu tiền qua thư hay tin nhắn.\n\n" + track(OFFICE, "9 giờ 05, 19/11/2026"),
    )
    filed.move("confirm_fee", by=ha, at=at(20))
    assert said(filed, "sms").body == (f"Da xac nhan Ong/Ba nop phi cho ho so {CODE} luc 09:05 ngay 20/11/2026. Ho so tiep tuc duoc xu ly.")
    assert letter(filed)[0] == f"Đã xác nhận nộp phí hồ sơ {CODE}"


def test_refused(filed, ha):
    filed.move("refuse", by=ha, note=REASON, at=at(19))
    assert (
        said(filed, "sms").body == f"Ho so {CODE} khong duoc tiep nhan. Ly do va cach lam lai o muc Ho so cua toi. Can hoi them, goi 1022."
    )
    assert letter(filed) == (
        f"Hồ sơ {CODE} không được tiếp nhận",
        "Hồ sơ “Đăng ký khai sinh” không được tiếp nhận.\n\n"
        f"Lý do: {REASON}\n\n"
        "Ông/Bà có thể làm lại hồ sơ, hỏi 1022, hoặc khiếu nại theo hướng dẫn.\n\n" + track(OFFICE, "9 giờ 05, 19/11/2026"),
    )


def test_stopped(filed, ha):
    filed.move("receive", by=ha, at=at(18, 10))
    filed.move("stop", by=ha, note=REASON, at=at(19))
    assert said(filed, "sms").body == f"Ho so {CODE} da dung xu ly. Ly do o muc Ho so cua toi. Can hoi them, goi 1022."
    assert letter(filed) == (
        f"Hồ sơ {CODE} đã dừng xử lý",
        "Hồ sơ “Đăng ký khai sinh” đã dừng xử lý.\n\n"
        f"Lý do: {REASON}\n\n"
        "Ông/Bà có thể làm lại hồ sơ, hỏi 1022, hoặc khiếu nại theo hướng dẫn.\n\n" + track(OFFICE, "9 giờ 05, 19/11/2026"),
    )


READY = {
    "direct": "Nhận tại UBND phường Buôn Ma Thuột trong giờ làm việc. Khi đến, Ông/Bà mang CCCD.",
    "post": "Bưu điện sẽ chuyển kết quả đến địa chỉ Ông/Bà đã chọn; cước người nhận trả.",
    "electronic": "Xem cách nhận bản điện tử ở mục Hồ sơ của tôi.",
}


@pytest.mark.parametrize("delivery", READY)
def test_ready_and_returned(filed, ha, delivery):
    Dossier.objects.filter(pk=filed.pk).update(delivery=delivery)
    for verb in ("receive", "process", "finish"):
        filed.move(verb, by=ha, at=at(23))
    assert said(filed, "sms").body == f"Ho so {CODE} da co ket qua. Xem noi nhan va giay to can mang o muc Ho so cua toi, hoac goi 1022."
    assert letter(filed) == (
        f"Hồ sơ {CODE} đã có kết quả",
        f"Hồ sơ “Đăng ký khai sinh” đã có kết quả.\n\n{READY[delivery]}\n\n" + track(OFFICE, "9 giờ 05, 23/11/2026"),
    )
    filed.move("return_result", by=ha, at=at(25))
    assert said(filed, "sms").body == f"Ho so {CODE} da tra ket qua ngay 25/11/2026. Cam on Ong/Ba. Gop y phuc vu: goi 1022."
    assert letter(filed) == (
        f"Hồ sơ {CODE} đã trả kết quả",
        "Kết quả của hồ sơ “Đăng ký khai sinh” đã trả ngày 25/11/2026. Mời Ông/Bà góp ý phục vụ qua tổng đài 1022.\n\n"
        + track(OFFICE, "9 giờ 05, 25/11/2026"),
    )


def test_withdrawal_asked_declined_and_accepted(filed, ha, lan):
    filed.move("withdraw", by=lan, note="Nộp nhầm", at=at(19))
    assert said(filed, "sms").body == f"Da nhan yeu cau rut ho so {CODE} ngay 19/11/2026. Neu khong phai Ong/Ba yeu cau, goi ngay 1022."
    assert letter(filed) == (
        f"Đã nhận yêu cầu rút hồ sơ {CODE}",
        "Đã nhận yêu cầu rút hồ sơ “Đăng ký khai sinh” lúc 9 giờ 05, 19/11/2026. Cơ quan sẽ trả lời Ông/Bà.\n\n"
        "Nếu không phải Ông/Bà yêu cầu, gọi ngay 1022.\n\n" + track("Ông/Bà, qua mạng", "9 giờ 05, 19/11/2026"),
    )
    filed.move("decline_withdrawal", by=ha, note="Kết quả đã ký", at=at(20))
    assert (
        said(filed, "sms").body == f"Ho so {CODE} khong rut duoc va tiep tuc duoc xu ly. Ly do o muc Ho so cua toi. Can hoi them, goi 1022."
    )
    assert letter(filed)[1].startswith(
        "Cơ quan không đồng ý cho rút hồ sơ “Đăng ký khai sinh”. Hồ sơ tiếp tục được xử lý.\n\nLý do: Kết quả đã ký\n\n"
    )
    filed.move("withdraw", by=lan, note="Nộp nhầm", at=at(20, 10))
    filed.move("accept_withdrawal", by=ha, at=at(20, 11))
    assert said(filed, "sms").body == f"Ho so {CODE} da dung xu ly ngay 20/11/2026 theo yeu cau rut cua Ong/Ba. Can hoi them, goi 1022."
    assert letter(filed)[1].startswith("Cơ quan đồng ý cho rút hồ sơ “Đăng ký khai sinh”. Hồ sơ đã dừng xử lý.\n\nKhi cần,")


# --- To whom -----------------------------------------------------------------------------------


def test_what_citizens_did_themselves_they_hear_of_at_any_hour_and_what_the_office_did_by_day(filed, ha, lan):
    filed.move("ask_supplement", by=ha, note=REASON, at=at(19))
    filed.move("supplement", by=lan, at=at(20))
    filed.move("withdraw", by=lan, note="Tôi nộp nhầm nơi.", at=at(20))
    rows = OutgoingMessage.objects.filter(about=f"dossier:{filed.pk}", channel="sms").order_by("pk")
    assert [(row.kind, row.any_hour) for row in rows] == [
        ("dossier.submitted", True),
        ("dossier.supplement_asked", False),
        ("dossier.supplement_received", True),
        ("dossier.withdrawal_asked", True),
    ]


def test_a_phone_that_was_only_typed_is_left_in_peace_at_night(lan, birth, office):
    lan.phone_verified_at = None
    lan.save()
    dossier = submission.submit(make_ready_draft(lan, birth, office, at=at(18)).pk, lan, at=at(18))
    assert not said(dossier, "sms").any_hour


def test_a_phone_that_was_only_typed_learns_the_status_and_nothing_else(lan, birth, office, ha):
    dossier = submission.submit(make_ready_draft(lan, birth, office, at=at(18)).pk, lan, at=at(18))
    dossier.move("receive", by=ha, at=at(18, 10))
    dossier.move("process", by=ha, at=at(18, 11))
    dossier.move("ask_fee", by=ha, note="Lệ phí", fee_vnd=50_000, at=at(19))
    assert said(dossier, "sms").body == (
        f"Ho so {CODE}: Yeu cau thuc hien nghia vu tai chinh tu ngay 19/11/2026. Tra cuu: soan DVC {CODE} gui 8188."
    )


def test_an_address_that_was_only_typed_learns_no_name_and_no_reason(lan, birth, office, ha):
    draft = make_ready_draft(lan, birth, office, at=at(18), applicant_email="nguoi.khac@example.com")
    dossier = submission.submit(draft.pk, lan, at=at(18))
    dossier.move("refuse", by=ha, note=REASON, at=at(19))
    for message in OutgoingMessage.objects.filter(channel="email"):
        assert message.recipient == "nguoi.khac@example.com"
        for kept in ("H’Lan", REASON, "khoa=", "Giấy chứng sinh"):
            assert kept not in message.body + message.html
    assert "Lý do có trong mục Hồ sơ của tôi, sau khi đăng nhập." in said(dossier, "email").body


def test_without_phone_or_mail_nothing_is_written_and_nothing_fails(lan, birth, office, ha):
    draft = make_ready_draft(lan, birth, office, at=at(18), applicant_email="")
    dossier = submission.submit(draft.pk, lan, at=at(18))
    assert OutgoingMessage.objects.filter(channel="email").count() == 0
    Dossier.objects.filter(pk=dossier.pk).update(applicant_phone="")
    dossier.move("receive", by=ha, at=at(19))
    assert OutgoingMessage.objects.count() == 1


def test_a_citizen_reading_english_is_told_in_vietnamese(lan, birth, office):
    with translation.override("en"):
        dossier = submission.submit(make_ready_draft(lan, birth, office, at=at(18)).pk, lan, at=at(18))
    assert "/en/" not in said(dossier, "email").body
    assert "9 giờ 05" in said(dossier, "email").body


# --- At their longest --------------------------------------------------------------------------

LONGEST = {
    "code": "H15.50.05.13-261008-12345", "at": at(18), "due_at": at(25), "supplement_by": at(27).date(), "fee_by": at(27).date(),
    "fee_vnd": 1_999_999_999, "papers_asked": 20,
}  # fmt: skip


def test_every_verb_has_its_texts():
    assert set(notices.TEMPLATES) == set(status.MOVES)


@pytest.mark.parametrize("template", [*notices.TEMPLATES.values(), notices.TO_ANYONE])
def test_every_sms_fits_at_its_longest(template):
    longest_word = max((words.pill(value) for value in status.Status), key=lambda pill: len(pill.word))
    text = wording.sms(f"dossiers/{template}", LONGEST | {"status": longest_word})
    assert wording.sms_faults(text) == []
    assert LONGEST["code"] in text
    assert len(text) <= 160


@pytest.mark.parametrize("template", notices.TEMPLATES.values())
def test_every_letter_names_agency_office_and_time(template):
    context = LONGEST | {
        "agency": "UBND xã Ea Kao",
        "office": "Chuyên viên, UBND xã Ea Kao",
        "by": "Lê Anh Tuấn",
        "status": SimpleNamespace(),
    }
    _subject, text, html = wording.email(f"dossiers/{template}", context)
    for part in ("UBND xã Ea Kao", "Lê Anh Tuấn, Chuyên viên, UBND xã Ea Kao", "9 giờ 05, 18/11/2026"):
        assert part in text
        assert part in html
