import datetime

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import disputes
from accounts.models import Dispute
from accounts.tests.disputes import CLAIMANT_PHONE, NUMBER, make_dispute, make_holder, told
from accounts.tests.make import make_staff
from accounts.tests.test_admin import inside

LIST = reverse("admin:accounts_dispute_changelist")
REASON = {"reason": "Ảnh thẻ khớp với người khiếu nại."}

pytestmark = pytest.mark.django_db


def page_of(dispute):
    return reverse("admin:accounts_dispute_change", args=[dispute.pk])


def decision_of(dispute, decision="chap-nhan"):
    return reverse("admin:accounts_dispute_decide", args=[dispute.pk, decision])


def photo_of(dispute, side="front"):
    return reverse("admin:accounts_dispute_photo", args=[dispute.pk, side])


def content(response):
    """The bytes of a file: read to the end, which closes it."""
    return b"".join(response.streaming_content)


def words_of(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def deciding():
    official = make_staff("Nguyễn Thị Thu Hà")
    official.user_permissions.add(Permission.objects.get(codename="change_dispute"))
    return official


@pytest.fixture
def dispute():
    return make_dispute()


# --- Who may -----------------------------------------------------------------------------------


def test_only_those_who_were_given_the_right_see_claims(dispute, deciding, lan):
    pages = [LIST, page_of(dispute), decision_of(dispute), photo_of(dispute)]

    def answers(client):
        responses = [client.get(page) for page in pages]
        for response in responses:
            if response.streaming:
                content(response)
        return [response.status_code for response in responses]

    assert answers(Client()) == [302] * 4
    citizen = Client()
    citizen.force_login(lan)
    assert answers(citizen) == [302] * 4
    assert answers(inside(make_staff())) == [403] * 4
    assert answers(inside(deciding)) == [200] * 4
    assert answers(inside(make_staff(is_superuser=True))) == [200] * 4


def test_without_the_second_factor_nothing_is_shown(dispute, deciding):
    client = Client()
    client.force_login(deciding)
    assert client.get(photo_of(dispute)).status_code == 302
    assert client.post(decision_of(dispute), REASON).status_code == 302
    dispute.refresh_from_db()
    assert dispute.state == "waiting"


# --- The list ----------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(deciding, count, django_assert_num_queries):
    for n in range(count):
        make_dispute(make_holder(national_id=f"06619200555{n}", username=f"nguoi-{n}"))
    client = inside(deciding)
    client.get(LIST)
    with django_assert_num_queries(10):
        assert len(client.get(LIST).context["cl"].result_list) == count


def test_the_list_masks_the_number_and_marks_what_is_overdue(dispute, deciding):
    Dispute.objects.filter(pk=dispute.pk).update(answer_by=timezone.localdate() - datetime.timedelta(days=1))
    page = words_of(inside(deciding).get(LIST))
    assert dispute.code in page
    assert "0661 **** 1234" in page
    assert NUMBER not in page
    assert "Quá hạn trả lời" in page
    assert dispute.code not in words_of(inside(deciding).get(LIST, {"state__exact": "done"}))
    assert dispute.code in words_of(inside(deciding).get(LIST, {"q": "H’Lan Niê"}))


# --- One claim ---------------------------------------------------------------------------------


def test_both_sides_stand_beside_each_other_with_what_differs(dispute, deciding):
    page = words_of(inside(deciding).get(page_of(dispute)))
    for words in (
        "H’Lan Niê",
        "Trần Văn Chiếm",
        "0987 654 321, đã xác minh bằng mã",
        "Khác nhau",
        "Chưa liên kết",
        "Tài khoản này đã nộp 0 hồ sơ",
        "Luật Lưu trữ",
        "Tôi chưa từng đăng ký.",
    ):
        assert words in page
    assert dispute.against.phone[-9:] not in page
    assert dispute.against.email not in page


def test_each_look_at_a_photograph_is_written_down(dispute, deciding):
    response = inside(deciding).get(photo_of(dispute))
    assert content(response) == b"a photograph"
    assert (response["Content-Type"], response["X-Content-Type-Options"], "sandbox" in response["Content-Security-Policy"]) == (
        "image/jpeg",
        "nosniff",
        True,
    )
    assert "no-store" in response["Cache-Control"]
    event = dispute.events.last()
    assert (event.what, event.actor, event.note) == ("photo", deciding, "Ảnh mặt trước thẻ")


def test_a_photograph_that_is_not_there_is_not_found(dispute, deciding):
    client = inside(deciding)
    assert client.get(photo_of(dispute, "holder")).status_code == 404
    assert client.get(photo_of(dispute, "chap")).status_code == 404


# --- The decision ------------------------------------------------------------------------------


def test_a_decision_shows_what_both_will_read_before_it_is_sent(dispute, deciding):
    page = words_of(inside(deciding).post(decision_of(dispute), REASON | {"preview": "1"}))
    assert "Lý do: Ảnh thẻ khớp với người khiếu nại." in page
    assert f"Khieu nai {dispute.code} duoc chap nhan." in page
    assert "bi tam khoa do khieu nai" in page
    dispute.refresh_from_db()
    assert dispute.state == "waiting"


def test_an_accepted_claim_is_told_to_both(dispute, deciding):
    response = inside(deciding).post(decision_of(dispute), REASON, follow=True)
    assert "Đã ghi: chấp nhận. Các bên đã được báo." in words_of(response)
    dispute.refresh_from_db()
    assert (dispute.state, dispute.decided_by, dispute.against.is_active) == ("accepted", deciding, False)
    assert told("accepted") == {"sms": CLAIMANT_PHONE, "email": "hlan@example.com"}


def test_a_refusal_keeps_the_account(dispute, deciding):
    inside(deciding).post(decision_of(dispute, "khong-chap-nhan"), REASON)
    dispute.refresh_from_db()
    assert (dispute.state, dispute.against.is_active) == ("refused", True)


@pytest.mark.parametrize("reason", ["", "ok"])
def test_a_decision_needs_a_reason(dispute, deciding, reason):
    response = inside(deciding).post(decision_of(dispute), {"reason": reason})
    assert response.context["form"].errors["reason"]
    assert words_of(response).count("Lỗi:") == 1
    dispute.refresh_from_db()
    assert dispute.state == "waiting"


def test_the_second_official_is_told_who_decided(dispute, deciding):
    client = inside(make_staff(is_superuser=True))
    assert client.get(decision_of(dispute)).status_code == 200
    disputes.refuse(dispute, by=deciding, reason="Ảnh thẻ mờ.")
    told_so = words_of(client.post(decision_of(dispute), REASON, follow=True))
    assert "Khiếu nại này đã được Nguyễn Thị Thu Hà giải quyết: không chấp nhận." in told_so
    dispute.refresh_from_db()
    assert dispute.against.is_active


def test_a_party_sees_that_somebody_else_must_decide(dispute, deciding):
    deciding.phone = CLAIMANT_PHONE
    deciding.save()
    client = inside(deciding)
    assert "một bên của khiếu nại" in words_of(client.get(page_of(dispute)))
    client.post(decision_of(dispute), REASON)
    dispute.refresh_from_db()
    assert dispute.state == "waiting"


def test_an_unknown_decision_is_not_found(dispute, deciding):
    assert inside(deciding).get(decision_of(dispute, "xoa")).status_code == 404
