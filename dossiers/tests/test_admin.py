"""Officials at their desk: what they see, what they may do, and what others may not."""

import datetime
import threading

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_static.models import StaticDevice

from accounts.tests.make import make_staff
from dossiers import moves
from dossiers.models import Attachment, DossierAccess, Pause
from dossiers.status import MOVES, OFFICE, Status
from dossiers.tests.make import make_dossier
from portal.messaging.models import OutgoingMessage
from procedures.tests.make import DECLARATION, make_official, make_procedure

DESK = "/quan-tri/dossiers/dossier/"


def enter(user) -> Client:
    """A browser in which the official has passed both steps."""
    client = Client()
    client.force_login(user)
    device = StaticDevice.objects.get_or_create(user=user, name="Mã dự phòng")[0]
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    return client


@pytest.fixture
def at_desk(hoa):
    return enter(hoa)


@pytest.fixture
def dossier(lan, birth, agency):
    return make_dossier(lan, birth, agency, applicant_phone_verified=True)


@pytest.fixture
def paper(dossier, birth):
    return add_paper(dossier, birth.current.documents.get())


def add_paper(dossier, document):
    return Attachment.objects.create(
        dossier=dossier,
        document=document,
        file=ContentFile(b"%PDF-1.4", name="giay.pdf"),
        original_name="giay-chung-sinh.pdf",
        content_type="application/pdf",
        size=8,
        state=Attachment.State.READY,
    )


def page_of(dossier):
    return reverse("admin:dossiers_dossier_change", args=[dossier.pk])


def move_of(dossier, verb):
    return reverse("admin:dossiers_dossier_move", args=[dossier.pk, verb])


def words_of(response):
    return " ".join(response.content.decode().split())


# --- The list ----------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_the_desk_costs_the_same_for_one_and_three(at_desk, lan, birth, agency, count, django_assert_num_queries):
    for _ in range(count):
        make_dossier(lan, birth, agency)
    at_desk.get(DESK)
    with django_assert_num_queries(13):
        assert len(at_desk.get(DESK).context["cl"].rows) == count


def test_the_desk_shows_what_is_open_with_its_queues(at_desk, dossier, lan, birth, agency):
    make_dossier(lan, birth, agency, Status.RETURNED)
    page = words_of(at_desk.get(DESK))
    assert "Bàn làm việc" in page
    assert "UBND phường Buôn Ma Thuột" in page
    assert page.count('class="field-code"') == 1
    assert dossier.receipt_code in page
    assert "Mới đăng ký" in page
    assert "Quá hạn trả lời" in page
    everything = words_of(at_desk.get(DESK, {"hang": "tat_ca"}))
    assert everything.count('class="field-code"') == 2


def test_what_is_due_first_stands_on_top(at_desk, lan, birth, agency):
    now = timezone.now()
    later = make_dossier(lan, birth, agency, Status.PROCESSING, due_at=now + datetime.timedelta(days=9))
    late = make_dossier(lan, birth, agency, Status.PROCESSING, due_at=now - datetime.timedelta(days=90))
    assert [row["dossier"] for row in at_desk.get(DESK).context["cl"].rows] == [late, later]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"hang": "cho_tiep_nhan"}, Status.SUBMITTED),
        ({"hang": "dang_xu_ly"}, Status.PROCESSING),
        ({"trang_thai": "10"}, Status.RETURNED),
    ],
)
def test_a_queue_or_a_status_narrows_the_list(at_desk, lan, birth, agency, query, found):
    for status in (Status.SUBMITTED, Status.PROCESSING, Status.RETURNED):
        make_dossier(lan, birth, agency, status)
    assert [row["dossier"].status for row in at_desk.get(DESK, query).context["cl"].rows] == [found]


def test_the_list_can_be_narrowed_to_one_procedure(at_desk, dossier, lan, agency):
    marriage = make_procedure("Đăng ký kết hôn")
    other = make_dossier(lan, marriage, agency)
    assert [row["dossier"] for row in at_desk.get(DESK, {"thu_tuc": marriage.code}).context["cl"].rows] == [other]


@pytest.mark.parametrize(
    "query", [{"trang_thai": "99"}, {"trang_thai": "x"}, {"hang": "x"}, {"p": "99"}, {"o": "99.x"}, {"status__exact": "1"}]
)
def test_an_address_that_means_nothing_is_no_error(at_desk, dossier, query):
    assert at_desk.get(DESK, query, follow=True).status_code == 200


def test_a_closed_dossier_is_found_by_its_code(at_desk, lan, birth, agency):
    closed = make_dossier(lan, birth, agency, Status.RETURNED)
    page = at_desk.get(DESK, {"q": closed.receipt_code.lower().replace("-", " ")})
    assert [row["dossier"] for row in page.context["cl"].rows] == [closed]
    assert "Không tìm thấy hồ sơ nào" in words_of(at_desk.get(DESK, {"q": "không có"}))


def test_a_long_list_has_pages(at_desk, lan, birth, agency):
    for _ in range(27):
        make_dossier(lan, birth, agency)
    assert "Hồ sơ 1–25 trong 27" in words_of(at_desk.get(DESK))
    assert "Hồ sơ 26–27 trong 27" in words_of(at_desk.get(DESK, {"p": "2"}))


def test_an_official_without_a_post_sees_nothing_and_is_told(dossier):
    client = enter(make_staff())
    assert "chưa được phân công" in words_of(client.get(DESK))
    assert client.get(page_of(dossier)).status_code == 404


def test_the_administrator_sees_all_and_moves_nothing(dossier):
    client = enter(make_staff("Quản Trị", is_superuser=True))
    assert client.get(reverse("admin:index")).status_code == 200
    assert dossier.agency.short_name in words_of(client.get(DESK))
    assert "Hiện không có việc nào thuộc phần Ông/Bà." in words_of(client.get(page_of(dossier)))
    assert client.post(move_of(dossier, "receive")).url == page_of(dossier)
    dossier.refresh_from_db()
    assert dossier.status == Status.SUBMITTED


# --- Strangers ---------------------------------------------------------------------------------


def test_another_agencys_official_gets_404_for_dossier_moves_and_files(tuan, dossier, paper):
    client = enter(tuan)
    assert dossier.receipt_code not in words_of(client.get(DESK, {"hang": "tat_ca"}))
    assert dossier.receipt_code not in words_of(client.get(DESK, {"q": "Lan"}))
    assert client.get(page_of(dossier)).status_code == 404
    for verb in MOVES:
        assert client.get(move_of(dossier, verb)).status_code == 404
        assert client.post(move_of(dossier, verb), {"note": "x"}).status_code == 404
    assert client.get(reverse("dossiers:file", args=[paper.key])).status_code == 404
    assert client.get(reverse("dossiers:thumbnail", args=[paper.key])).status_code == 404
    assert not DossierAccess.objects.exists()
    dossier.refresh_from_db()
    assert dossier.status == Status.SUBMITTED


def test_a_citizen_is_led_to_the_door_and_sees_no_data(minh, dossier, paper, client):
    client.force_login(minh)
    for address in (DESK, page_of(dossier), move_of(dossier, "receive")):
        response = client.get(address)
        assert response.url == f"/quan-tri/dang-nhap/?next={address}"
    assert client.get(reverse("dossiers:file", args=[paper.key])).status_code == 404


def test_an_official_without_the_second_factor_opens_no_paper(hoa, paper, client):
    client.force_login(hoa)
    assert client.get(reverse("dossiers:file", args=[paper.key])).status_code == 404


def test_nothing_is_added_edited_or_deleted_here(at_desk, dossier):
    for address in (f"{DESK}add/", f"{page_of(dossier)}delete/", f"{page_of(dossier)}history/", f"{page_of(dossier)}submit/"):
        assert at_desk.get(address).status_code == 404
    assert at_desk.post(page_of(dossier)).status_code == 405
    assert at_desk.post(DESK).status_code == 403


# --- One dossier -------------------------------------------------------------------------------


def test_the_page_shows_data_papers_clock_history_and_who_looked(at_desk, hoa, lan, agency):
    procedure = make_procedure("Đăng ký khai sinh", documents=("Giấy chứng sinh", "Tờ khai"), declaration=DECLARATION)
    dossier = make_dossier(
        lan, procedure, agency, answers={"tre_ho_ten": "Y Minh Niê", "tre_ngay_sinh": "2026-11-09", "tre_gioi_tinh": "Nam"}
    )
    paper = add_paper(dossier, procedure.current.documents.first())
    dossier.move("receive", by=hoa)
    page = words_of(at_desk.get(page_of(dossier)))
    for said in [
        "H’Lan Niê",
        lan.national_id,
        "12/03/1992",
        "Y Minh Niê",
        "09/11/2026",
        "Trực tiếp tại nơi nộp",
        "1. Giấy chứng sinh",
        "2. Tờ khai",
        reverse("dossiers:file", args=[paper.key]),
        "Hẹn trả kết quả",
        "Được tiếp nhận",
        "Nguyễn Thị Thu Hoa – Công chức tư pháp – hộ tịch, UBND phường Buôn Ma Thuột",
        "Tin nhắn tới",
        "Thư điện tử tới",
        "Xem hồ sơ",
    ]:
        assert said in page, said


def test_every_view_of_a_dossier_and_of_a_paper_is_kept(at_desk, hoa, dossier, paper):
    at_desk.get(page_of(dossier))
    at_desk.get(move_of(dossier, "receive"))
    assert b"".join(at_desk.get(reverse("dossiers:file", args=[paper.key])).streaming_content) == b"%PDF-1.4"
    seen = DossierAccess.objects.order_by("pk").values_list("user", "office", "what")
    office = "UBND phường Buôn Ma Thuột"
    assert list(seen) == [
        (hoa.pk, office, "Xem hồ sơ"),
        (hoa.pk, office, "Mở việc “Tiếp nhận”"),
        (hoa.pk, office, "Tệp giay-chung-sinh.pdf"),
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_one_and_three_of_everything(at_desk, hoa, lan, agency, count, django_assert_num_queries):
    procedure = make_procedure(documents=[f"Giấy {n}" for n in range(count)])
    dossier = make_dossier(lan, procedure, agency)
    for document in procedure.current.documents.all():
        add_paper(dossier, document)
    dossier.move("receive", by=hoa)
    for _ in range(count):
        at_desk.get(page_of(dossier))
    with django_assert_num_queries(16):
        at_desk.get(page_of(dossier))


def test_a_paper_still_being_checked_is_named_but_not_linked(at_desk, dossier, paper):
    Attachment.objects.filter(pk=paper.pk).update(state=Attachment.State.CHECKING)
    page = words_of(at_desk.get(page_of(dossier)))
    assert "Đang kiểm tra" in page
    assert reverse("dossiers:file", args=[paper.key]) not in page


# --- Moves -------------------------------------------------------------------------------------

TYPED = {
    "ask_fee": {"note": "Lệ phí cấp bản sao, nộp tại quầy.", "fee_vnd": "50.000 đ", "fee_by": "30/12/2036"},
    "ask_supplement": {"note": "Bổ sung giấy chứng sinh.", "supplement_by": "30/12/2036"},
}


def lapsed_or_not(move, status, lan, procedure, agency):
    """A dossier from which the move of the table is possible."""
    accepted = status not in (Status.SUBMITTED,) and "before" not in move.only
    fields = {"accepted_at": timezone.now() - datetime.timedelta(days=3)} if accepted else {}
    if move.only:
        fields["supplement_by"] = timezone.localdate() - datetime.timedelta(days=1)
    dossier = make_dossier(lan, procedure, agency, status, **fields)
    if status in moves.PAUSE_REASON:
        Pause.objects.create(dossier=dossier, reason=moves.PAUSE_REASON[status], started_at=timezone.now() - datetime.timedelta(days=1))
    return dossier


POSSIBLE = [(verb, move, source) for verb, rows in MOVES.items() for move in rows if move.who & OFFICE for source in sorted(move.sources)]


@pytest.mark.parametrize(("verb", "move", "source"), POSSIBLE, ids=[f"{verb}-from-{source.name}" for verb, _move, source in POSSIBLE])
def test_each_move_of_the_table_is_a_button_and_a_page(at_desk, lan, agency, verb, move, source):
    dossier = lapsed_or_not(move, source, lan, make_procedure(documents=()), agency)
    assert f'href="{move_of(dossier, verb)}"' in words_of(at_desk.get(page_of(dossier)))
    page = at_desk.get(move_of(dossier, verb))
    assert page.status_code == 200
    assert "Người dân sẽ đọc" in words_of(page)
    response = at_desk.post(move_of(dossier, verb), {"note": "Lý do của việc này."} | TYPED.get(verb, {}), follow=True)
    assert response.redirect_chain == [(page_of(dossier), 302)], response.context["form"].errors
    event = dossier.events.get()
    assert (event.verb, event.from_status) == (verb, source)
    assert event.to_status != source
    dossier.refresh_from_db()
    assert dossier.status == event.to_status


REASONED = sorted({verb for verb, move, _source in POSSIBLE if move.reason_required})


@pytest.mark.parametrize("verb", REASONED)
def test_a_missing_reason_is_told_at_the_field(at_desk, lan, agency, verb):
    move = MOVES[verb][0]
    dossier = lapsed_or_not(move, sorted(move.sources)[0], lan, make_procedure(documents=()), agency)
    response = at_desk.post(move_of(dossier, verb), TYPED.get(verb, {}) | {"note": "  "})
    assert response.status_code == 200
    assert words_of(response).partition("<title>")[2].strip().startswith("Lỗi: ")
    assert response.context["form"].errors
    assert not dossier.events.exists()


def test_the_preview_shows_the_message_and_sends_nothing(at_desk, dossier):
    response = at_desk.post(move_of(dossier, "refuse"), {"note": "Không thuộc thẩm quyền, khoản 1 Điều 13.", "preview": "1"})
    page = words_of(response)
    assert page.count("Không thuộc thẩm quyền, khoản 1 Điều 13.") == 3  # the field, the page, the letter
    assert f"Ho so {dossier.receipt_code} khong duoc tiep nhan." in page
    assert not dossier.events.exists()
    assert not OutgoingMessage.objects.exists()


def test_the_preview_is_the_letter_that_is_sent(at_desk, dossier):
    previewed = at_desk.post(move_of(dossier, "refuse"), {"note": "Không thuộc thẩm quyền.", "preview": "1"}).context["preview"]["messages"]
    at_desk.post(move_of(dossier, "refuse"), {"note": "Không thuộc thẩm quyền."})
    sent = OutgoingMessage.objects.filter(about=f"dossier:{dossier.pk}").order_by("channel")
    shown = sorted(previewed, key=lambda message: message["channel"])
    assert [(message.channel, message.recipient, message.subject) for message in sent] == [
        (message["channel"], message["to"], message["subject"]) for message in shown
    ]
    assert [message.body for message in sent if message.channel == "sms"] == [m["text"] for m in shown if m["channel"] == "sms"]


def test_every_paper_is_marked_before_more_is_asked(at_desk, lan, agency):
    procedure = make_procedure(documents=("Giấy chứng sinh", "Tờ khai", "Giấy kết hôn"))
    dossier = make_dossier(lan, procedure, agency)
    first, second, third = procedure.current.documents.all()
    add_paper(dossier, first)
    add_paper(dossier, second)
    typed = {f"{first.pk}_verdict": "missing", f"{second.pk}_verdict": "pass", "supplement_by": "30/12/2036"}

    page = words_of(at_desk.post(move_of(dossier, "ask_supplement"), typed))
    assert "Đánh dấu “Đạt” hoặc “Cần bổ sung” cho “Giấy kết hôn”." in page
    assert "Chọn lý do hoặc viết lời nhắn cho “Giấy chứng sinh”." in page

    typed |= {f"{first.pk}_reasons": ["blurred", "expired"], f"{first.pk}_text": "Chụp lại nơi đủ sáng", f"{third.pk}_verdict": "missing"}
    asked = "1. Giấy chứng sinh: ảnh mờ, hết hạn. Chụp lại nơi đủ sáng.\n2. Giấy kết hôn: chưa có."
    assert at_desk.post(move_of(dossier, "ask_supplement"), typed | {"preview": "1"}).context["preview"]["note"] == asked
    assert not dossier.events.exists()

    at_desk.post(move_of(dossier, "ask_supplement"), typed)
    assert dossier.events.get().note == asked
    dossier.refresh_from_db()
    assert (dossier.status, dossier.supplement_by) == (Status.SUPPLEMENT, datetime.date(2036, 12, 30))


def test_asking_for_nothing_is_told(at_desk, dossier, paper):
    response = at_desk.post(move_of(dossier, "ask_supplement"), {f"{paper.document_id}_verdict": "pass", "supplement_by": "30/12/2036"})
    assert "Đánh dấu ít nhất một giấy tờ “Cần bổ sung”, hoặc viết lời nhắn chung." in words_of(response)


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("fee_vnd", "", "Nhập số tiền phải nộp, ví dụ 50.000."),
        ("fee_vnd", "năm mươi", "Nhập số tiền phải nộp bằng đồng, ví dụ 50.000."),
        ("fee_vnd", "0", "Nhập số tiền phải nộp bằng đồng, ví dụ 50.000."),
        ("fee_vnd", "99999999999", "Nhập số tiền phải nộp bằng đồng, ví dụ 50.000."),
        ("fee_by", "mai", "Nhập ngày theo dạng 30/11/2026."),
        ("fee_by", "01/01/2020", "Chọn một ngày sau hôm nay, để người nộp kịp làm."),
    ],
)
def test_a_fee_or_a_day_that_cannot_be_is_told_and_what_was_typed_stays(at_desk, lan, birth, agency, field, typed, words):
    dossier = make_dossier(lan, birth, agency, Status.PROCESSING, accepted_at=timezone.now())
    page = words_of(at_desk.post(move_of(dossier, "ask_fee"), TYPED["ask_fee"] | {field: typed}))
    assert words in page
    assert "Lệ phí cấp bản sao, nộp tại quầy." in page
    assert not dossier.events.exists()


def test_a_role_sees_and_makes_only_its_own_moves(agency, dossier):
    handler = enter(make_official(agency, "Lê Quang Minh", role="handler"))
    page = words_of(handler.get(page_of(dossier)))
    assert move_of(dossier, "receive") not in page
    response = handler.post(move_of(dossier, "receive"), follow=True)
    assert "không thuộc phần việc của Ông/Bà" in words_of(response)
    dossier.refresh_from_db()
    assert dossier.status == Status.SUBMITTED


def test_a_citizens_verb_is_no_page_of_the_office(at_desk, dossier):
    for verb in ("submit", "supplement", "withdraw", "no-such-verb"):
        assert at_desk.get(move_of(dossier, verb)).status_code == 404


def test_the_second_of_two_officials_is_told_who_was_faster(at_desk, agency, dossier):
    colleague = enter(make_official(agency, "Lê Quang Minh"))
    assert colleague.get(move_of(dossier, "receive")).status_code == 200
    at_desk.post(move_of(dossier, "receive"))
    told = words_of(colleague.post(move_of(dossier, "receive"), follow=True))
    assert "Hồ sơ đang ở trạng thái “Được tiếp nhận”" in told
    assert "Việc gần nhất: Nguyễn Thị Thu Hoa" in told
    assert dossier.events.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_officials_at_the_same_moment_make_one_move(hoa, agency, dossier):
    browsers = [enter(hoa), enter(make_official(agency, "Lê Quang Minh"))]
    together, answers = threading.Barrier(2), []

    def press(browser):
        together.wait()
        try:
            answers.append(browser.post(move_of(dossier, "receive")).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=[browser]) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [302, 302]
    assert dossier.events.count() == 1
    told = [words_of(browser.get(page_of(dossier))) for browser in browsers]
    assert sum("Đã tiếp nhận. Hồ sơ ở trạng thái “Được tiếp nhận”." in page for page in told) == 1
    assert sum("Việc gần nhất:" in page for page in told) == 1
