"""Every SMS at its longest, in both provinces and in every branch of its template; and the ones whose words were agreed, word for word."""

import ast
import datetime
import functools
import json
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as project
from django.template import Context, NodeList, engines
from django.template.defaulttags import IfNode
from django.utils import translation

from accounts import passwords
from dossiers import words
from dossiers.status import Status
from portal.checks import LONGEST_HOTLINE
from portal.messaging import wording
from portal.text import unaccented
from tracking import sms, summary

BASE = Path(project.BASE_DIR)
FOLDER = BASE / "templates" / "messages"
TEMPLATES = {str(path.relative_to(FOLDER)).removesuffix(".sms.txt"): path for path in sorted(FOLDER.rglob("*.sms.txt"))}

PROVINCES = {"H15": ("tỉnh Đắk Lắk", "tinh Dak Lak"), "H17": ("thành phố Đà Nẵng", "thanh pho Da Nang")}
# Longer ones are warned of before citizens come.
HOTLINE = "1" * LONGEST_HOTLINE
# The letters that one septet holds, GSM 03.38; those that take two, as € does, are not among them.
GSM_7 = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
LAST_MINUTE = datetime.datetime(2026, 12, 30, 23, 59, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
DAY = LAST_MINUTE.date()
MOST_MONEY = 1_999_999_999
DISPUTE = SimpleNamespace(code="KN-261230-12345", claim_by=LAST_MINUTE, answer_by=LAST_MINUTE)
REASONS = ("", "Ảnh mờ.", "Giấy chứng sinh & tờ khai [trang 2] <100%>: xem https://motcua.example/mau#1 rồi chụp lại nơi đủ sáng. " * 20)


@functools.cache
def agencies(province):
    return json.loads((BASE / f"procedures/data/agencies_{province}.json").read_text(encoding="utf-8"))


def longest_code(province):
    """Of a day on which one agency got more dossiers than four digits count."""
    return max((agency["identifier"] for agency in agencies(province)), key=len) + "-261230-12345"


@functools.cache
def what_changes():
    """Whatever `notices.changed` is told has changed."""
    found = set()
    for path in (path for path in (BASE / "accounts").rglob("*.py") if "tests" not in path.parts):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "notices.changed":
                found.add(ast.literal_eval(call.args[1].args[0]))
    return found


def of_dossiers(province, **more):
    return {"code": longest_code(province), "at": LAST_MINUTE} | more


def found(province):
    """Every dossier that a text to the short code may ask for."""
    place = max((agency["short_name"] for agency in agencies(province)), key=len)
    for status in list(Status)[1:]:
        for delivery in ("post", "electronic", "counter"):
            for due_at in (None, LAST_MINUTE):
                sentence = words.sentence(
                    status, due_at=due_at, supplement_by=DAY, fee_vnd=MOST_MONEY, fee_by=DAY, place=place, changed_at=LAST_MINUTE,
                    delivery=delivery,
                )  # fmt: skip
                pill = words.pill(status)
                for late in (None, words.Words(status, "Quá hẹn 999 ngày", "warn", "alert")):
                    for reason in REASONS:
                        yield summary.Summary(
                            code=longest_code(province), procedure="", agency=place, timeline=[], due_at=due_at, reason=reason,
                            status=words.Words(pill.status, pill.word, pill.css, pill.icon, sentence), overdue=late if due_at else None,
                        )  # fmt: skip


def contexts_of_answers(province):
    """What the answer's template is given, however long it would become: the answer takes the fullest that fits."""
    for dossier in found(province):
        is_reason = dossier.status.status in sms.WITH_REASON
        for cut in (False, True):
            yield {"found": dossier, "is_reason": is_reason, "reason": wording.typed(dossier.reason)[:20], "cut": cut}
        yield {"found": dossier, "is_reason": is_reason, "reason": "", "due": dossier.due_at, "sentence": True}


def contexts(name, province):
    """The longest values of each template, and others where it has branches; a template that is not here has not been thought of."""
    pills = [{"status": words.pill(status)} for status in Status]
    fixed = {
        "accounts/changed": [{"what": what, "at": LAST_MINUTE} for what in what_changes()],
        "accounts/closed": [{}],
        "accounts/closing_asked": [{"day": DAY}],
        "accounts/closing_refused": [{}],
        "accounts/dispute_accepted": [{"dispute": DISPUTE}],
        "accounts/dispute_done": [{"dispute": DISPUTE}],
        "accounts/dispute_frozen": [{"dispute": DISPUTE}],
        "accounts/dispute_lost": [{"dispute": DISPUTE}],
        "accounts/dispute_refused": [{"dispute": DISPUTE}],
        "accounts/dispute_sent": [{"dispute": DISPUTE}],
        "accounts/linked": [{"at": LAST_MINUTE}],
        "accounts/otp": [{"code": "4" * project.OTP_DIGITS, "minutes": 10}],
        "accounts/otp_recovery": [{"code": "4" * project.OTP_DIGITS, "minutes": 10}],
        "accounts/registered": [{"is_cccd": True}, {"is_cccd": False}],
        "accounts/sms_birth_year": [{}],
        "accounts/sms_calendar": [{"day": "31", "month": "11", "year": "2026"}],
        "accounts/sms_closed": [{}],
        "accounts/sms_comma": [{}],
        "accounts/sms_date": [{}],
        "accounts/sms_future": [{}],
        "accounts/sms_missing": [
            {"what": what} for what in ("ho va ten va so CCCD/CMND", "ho va ten va ngay sinh", "so CCCD/CMND va ngay sinh")
        ],
        "accounts/sms_name": [{}],
        "accounts/sms_name_length": [{}],
        "accounts/sms_not_owner": [{}],
        "accounts/sms_number": [{}],
        "accounts/sms_number_length": [{"n": 1000}],
        "accounts/sms_outage": [{}],
        "accounts/sms_phone_taken": [{}],
        "accounts/sms_registered": [{"login": "066080001234", "password": passwords.temporary(), "hours": 720}],
        "accounts/sms_syntax": [{}],
        "accounts/sms_taken": [{}],
        "accounts/sms_under_age": [{"age": 16}],
        "accounts/sms_year": [{"year": 1880}],
        "accounts/ways_removed": [{"at": LAST_MINUTE}],
        "dossiers/fee": [of_dossiers(province, fee_vnd=MOST_MONEY, fee_by=DAY)],
        "dossiers/fee_confirmed": [of_dossiers(province)],
        "dossiers/processing": [of_dossiers(province, due_at=due_at) for due_at in (None, LAST_MINUTE)],
        "dossiers/ready": [of_dossiers(province)],
        "dossiers/received": [of_dossiers(province, due_at=due_at) for due_at in (None, LAST_MINUTE)],
        "dossiers/refused": [of_dossiers(province)],
        "dossiers/returned": [of_dossiers(province)],
        "dossiers/status": [of_dossiers(province) | pill for pill in pills],
        "dossiers/stopped": [of_dossiers(province)],
        "dossiers/submitted": [of_dossiers(province)],
        "dossiers/supplement_asked": [of_dossiers(province, supplement_by=DAY, papers_asked=number) for number in (0, 99)],
        "dossiers/supplement_received": [of_dossiers(province)],
        "dossiers/withdrawal_accepted": [of_dossiers(province)],
        "dossiers/withdrawal_asked": [of_dossiers(province)],
        "dossiers/withdrawal_declined": [of_dossiers(province)],
        "messaging/help": [{"sign_up_closed": closed} for closed in (True, False)],
        "tracking/status": contexts_of_answers(province),
        "tracking/unknown": [{}],
    }
    assert name in fixed, f"What are the longest values of {name}.sms.txt? Nobody has said."
    return fixed[name]


@pytest.fixture(params=PROVINCES)
def province(request, settings):
    settings.PROVINCE = request.param
    settings.PROVINCE_NAME, settings.PROVINCE_NAME_ASCII = PROVINCES[request.param]
    settings.HOTLINE = HOTLINE
    with translation.override("vi"):
        yield request.param


@pytest.fixture(autouse=True)
def nothing_missing(monkeypatch):
    """A value that a context lacks is written in brackets, which no carrier takes."""
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", "[%s]")


class Seen(NodeList):
    """A branch that notes whether it was ever taken."""

    taken = False

    def render(self, context):
        self.taken = True
        return super().render(context)


def branches_never_taken(path, given):
    template = engines["django"].engine.from_string(path.read_text(encoding="utf-8"))
    branches = []
    for node in template.nodelist.get_nodes_by_type(IfNode):
        if node.conditions_nodelists[-1][0] is not None:
            node.conditions_nodelists.append((None, NodeList()))  # the branch that writes nothing
        node.conditions_nodelists = [(condition, Seen(nodes)) for condition, nodes in node.conditions_nodelists]
        branches += [(str(condition), nodes) for condition, nodes in node.conditions_nodelists]
    for context in given:
        template.render(Context(wording.base_context() | context, autoescape=False))
    return [condition for condition, nodes in branches if not nodes.taken]


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_sms_fits_one_message_at_its_longest(name, province):
    given = list(contexts(name, province))
    texts = {wording.sms_text(name, context) for context in given}
    if name == "tracking/status":
        texts = {sms._fitting(dossier) for dossier in found(province)}
    assert {text: wording.sms_faults(text) for text in texts if wording.sms_faults(text)} == {}
    assert {text for text in texts if len(text) > 160 or set(text) - GSM_7 or set(text) & set("#&@<>[]{}%\\") or "://" in text} == set()
    assert branches_never_taken(TEMPLATES[name], given) == []


def test_the_province_and_the_hotline_are_those_of_the_settings(province):
    code = wording.sms("accounts/otp", {"code": "482913", "minutes": 5})
    assert f"dich vu cong {unaccented(PROVINCES[province][0])}, het han" in code
    assert wording.sms("accounts/sms_outage", {}).endswith(f"goi {HOTLINE}.")


def test_a_new_text_without_its_longest_values_is_found():
    with pytest.raises(AssertionError, match=r"What are the longest values of dossiers/late\.sms\.txt"):
        contexts("dossiers/late", "H15")


# --- Word for word ------------------------------------------------------------------------------

CODE = "H15.24.133-261118-0007"


def on(day, hour=0, minute=0):
    return datetime.datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


def asked_for():
    return summary.Summary(
        code=CODE, procedure="", agency="", timeline=[], due_at=on(25), overdue=None,
        status=words.Words(4, "Đang xử lý", "", "", words.sentence(Status.PROCESSING)),
    )  # fmt: skip


# fmt: off
AGREED = {
    "S01": ("accounts/otp", {"code": "482913", "minutes": 5},
            "482913 la ma xac nhan (OTP) dich vu cong tinh Dak Lak, het han sau 5 phut. Khong dua ma nay cho bat ky ai, ke ca nguoi xung la can bo."),
    "S02": ("accounts/registered", {"is_cccd": True},
            "Dang ky tai khoan dich vu cong thanh cong. Ten dang nhap la so CCCD cua Ong/Ba. Can giup do, goi 1022."),
    "S03": ("accounts/sms_registered", {"login": "066080001234", "password": "xuka-7294", "hours": 24},
            "Tai khoan: 066080001234. Mat khau tam: xuka-7294, dung trong 24 gio, phai doi khi dang nhap lan dau. Khong dua mat khau cho bat ky ai."),
    "S04": ("accounts/sms_syntax", {},
            "Tin nhan sai cu phap. Soan: TK, Ho va ten, soCMND, Ngaysinh gui 8188. Vi du: TK, Nguyen Van An, 066080001234, 15/08/1980"),
    "S05": ("accounts/sms_taken", {},
            "So CMND/CCCD nay da co tai khoan. Quen mat khau: vao muc Quen mat khau tren trang dich vu cong. Khong phai tai khoan cua Ong/Ba: goi 1022."),
    "S06": ("accounts/otp_recovery", {"code": "482913", "minutes": 5},
            "482913 la ma xac nhan (OTP) de dat lai mat khau dich vu cong, het han sau 5 phut. Neu Ong/Ba khong yeu cau, xin bo qua tin nay."),
    "S07": ("accounts/changed", {"what": "Mật khẩu", "at": on(18, 9, 15)},
            "Mat khau dich vu cong vua duoc doi luc 09:15 ngay 18/11/2026. Neu khong phai Ong/Ba doi, goi ngay 1022."),
    "S08": ("dossiers/submitted", {"code": CODE, "at": on(18, 8, 12)},
            f"Da nhan ho so {CODE} luc 08:12 ngay 18/11/2026, dang cho tiep nhan. Tra cuu: soan DVC {CODE} gui 8188."),
    "S09": ("dossiers/received", {"code": CODE, "due_at": on(25)},
            f"Ho so {CODE} da duoc tiep nhan. Hen tra ket qua ngay 25/11/2026. Tra cuu: soan DVC {CODE} gui 8188."),
    "S10": ("dossiers/supplement_asked", {"code": CODE, "papers_asked": 2, "supplement_by": on(26).date()},
            f"Ho so {CODE} can bo sung 2 giay to truoc ngay 26/11/2026. Xem muc Ho so cua toi tren trang dich vu cong, hoac goi 1022."),
    "S11": ("dossiers/supplement_received", {"code": CODE, "at": on(19, 10, 5)},
            f"Da nhan giay to bo sung cho ho so {CODE} luc 10:05 ngay 19/11/2026. Can bo se kiem tra va bao lai Ong/Ba."),
    "S12": ("dossiers/refused", {"code": CODE},
            f"Ho so {CODE} khong duoc tiep nhan. Ly do va cach lam lai o muc Ho so cua toi. Can hoi them, goi 1022."),
    "S13": ("dossiers/fee", {"code": CODE, "fee_vnd": 50_000, "fee_by": on(26).date()},
            f"Ho so {CODE} can nop phi 50.000 dong truoc ngay 26/11/2026. Xem cach nop o muc Ho so cua toi. Can bo khong thu tien qua tin nhan."),
    "S15": ("dossiers/ready", {"code": CODE},
            f"Ho so {CODE} da co ket qua. Xem noi nhan va giay to can mang o muc Ho so cua toi, hoac goi 1022."),
    "S16": ("dossiers/returned", {"code": CODE, "at": on(25, 9)},
            f"Ho so {CODE} da tra ket qua ngay 25/11/2026. Cam on Ong/Ba. Gop y phuc vu: goi 1022."),
    "S17": ("dossiers/stopped", {"code": CODE},
            f"Ho so {CODE} da dung xu ly. Ly do o muc Ho so cua toi. Can hoi them, goi 1022."),
    "S18": ("dossiers/withdrawal_asked", {"code": CODE, "at": on(20, 9)},
            f"Da nhan yeu cau rut ho so {CODE} ngay 20/11/2026. Neu khong phai Ong/Ba yeu cau, goi ngay 1022."),
    "S21": ("tracking/unknown", {},
            "Khong tim thay ma bien nhan nay. Xin xem lai ma tren giay hen. Soan: DVC Ma bien nhan gui 8188. Can giup do, goi 1022."),
    "S22": ("accounts/dispute_sent", {"dispute": SimpleNamespace(code="KN-261118-0042", answer_by=on(25))},
            "Da nhan khieu nai KN-261118-0042 ve tai khoan gan voi so CCCD cua Ong/Ba. Can bo se tra loi truoc ngay 25/11/2026."),
}
# fmt: on


@pytest.mark.parametrize("number", AGREED)
def test_what_was_agreed_is_said_word_for_word(number):
    name, context, said = AGREED[number]
    assert wording.sms(name, context) == said


def test_an_answer_to_dvc_speaks_the_words_of_the_tracking_page():
    """S20, with the page's own sentence, which says the status in full."""
    said = f"Ho so {CODE}: Dang xu ly. Hen tra ngay 25/11/2026. Ho so dang duoc giai quyet. Ong/Ba chua can lam gi them."
    with translation.override("vi"):
        assert sms._fitting(asked_for()) == said
