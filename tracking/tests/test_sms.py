from dossiers.status import Status
from dossiers.tests.make import make_dossier
from tracking import sms


def test_the_reply_says_where_the_dossier_is_in_plain_letters(lan, birth, agency):
    dossier = make_dossier(lan, birth, agency, Status.PROCESSING)
    assert sms.look_up("+84900000000", f" {dossier.receipt_code.lower()}") == (
        f"Ho so {dossier.receipt_code}: Dang xu ly. Ho so dang duoc giai quyet. Ong/Ba chua can lam gi them."
    )


def test_an_unknown_code_and_a_text_that_is_no_code_get_the_same_reply(db):
    unknown = "Khong tim thay ma bien nhan nay. Xin xem lai ma tren giay hen. Soan: DVC Ma bien nhan gui 8188. Can giup do, goi 1022."
    assert sms.look_up("+84900000000", "H15.24.133-261118-9999") == unknown
    assert sms.look_up("+84900000000", "abc") == unknown


def test_no_reply_is_longer_than_one_message(lan, birth, agency):
    for status in Status:
        if status == Status.DRAFT:
            continue
        dossier = make_dossier(lan, birth, agency, status, fee_vnd=1_234_567_890)
        dossier.receipt_code = dossier.receipt_code
        assert len(sms.look_up("+84900000000", dossier.receipt_code)) <= 160


def test_signs_of_a_name_come_as_they_are_and_not_as_html(lan, birth, agency):
    assert "'" in sms.wording.sms_text("tracking/status", {"found": {"code": "H’Hen", "status": {"word": "a"}}})


def test_a_phone_gets_only_so_many_replies(lan, birth, agency, settings):
    settings.LOOKUPS_PER_10_MINUTES = 1
    assert [bool(sms.look_up("+84900000009", "abc")) for _ in range(2)] == [True, False]
