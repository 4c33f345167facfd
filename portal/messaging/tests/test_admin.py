"""What officials see of messages, and “send again”."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_static.models import StaticDevice

from portal.messaging import broker
from portal.messaging.models import IncomingSms, OutgoingMessage
from portal.messaging.tests.make import make_letter, make_sms

LIST = reverse("admin:messaging_outgoingmessage_changelist")


def enter(client, user):
    """As if both steps of the sign-in had been taken."""
    client.force_login(user)
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = StaticDevice.objects.create(user=user, name="backup").persistent_id
    session.save()
    return client


@pytest.fixture
def administrator(client, hoa):
    hoa.is_superuser = True
    hoa.save()
    return enter(client, hoa)


@pytest.fixture
def asked(monkeypatch):
    calls = []
    monkeypatch.setattr(broker, "ask", lambda task, *args: calls.append(task) or True)
    return calls


def send_again(client, *messages):
    return client.post(LIST, {"action": "send_again", "_selected_action": [message.pk for message in messages]}, follow=True)


def test_the_list_shows_whom_it_went_to_masked_and_what_went_wrong(administrator):
    make_letter(recipient="lan.nie@example.com", state="failed", last_error="550 unknown", tries=1)
    make_sms(recipient="+84912345678", kind="otp", secret=True)
    html = administrator.get(LIST).content.decode()
    for shown in ("l***@example.com", "091* *** 678", "550 unknown", "Mã xác nhận (OTP)", "Không gửi được", "Chờ gửi"):
        assert shown in html
    for hidden in ("lan.nie@", "+84912345678"):
        assert hidden not in html


def test_the_text_of_a_code_is_never_shown_and_a_notice_is(administrator):
    code, notice = make_sms(body="482913 la ma", secret=True), make_sms(body="Ho so da nhan")
    page = administrator.get(reverse("admin:messaging_outgoingmessage_change", args=[code.pk])).content.decode()
    assert "482913" not in page
    assert "(có mã hoặc mật khẩu, không hiển thị)" in page
    assert "Ho so da nhan" in administrator.get(reverse("admin:messaging_outgoingmessage_change", args=[notice.pk])).content.decode()


def test_what_failed_is_sent_again_and_nothing_else(administrator, asked, django_capture_on_commit_callbacks):
    failed = make_sms(state="failed", tries=22, last_error="503")
    wiped, sent = make_sms(state="failed", secret=True, body=""), make_sms(state="sent", tries=1)
    with django_capture_on_commit_callbacks(execute=True):
        html = send_again(administrator, failed, wiped, sent).content.decode()
    assert "Đang gửi lại 1 tin." in html
    assert "2 tin không gửi lại được" in html
    assert set(OutgoingMessage.objects.values_list("pk", "state", "tries")) == {
        (failed.pk, "waiting", 0),
        (wiped.pk, "failed", 0),
        (sent.pk, "sent", 1),
    }
    assert asked == ["portal.messaging.tasks.deliver_waiting"]


def test_an_official_who_may_only_look_is_not_offered_to_send_again(client, hoa):
    hoa.user_permissions.add(Permission.objects.get(codename="view_outgoingmessage"))
    failed = make_sms(state="failed")
    html = send_again(enter(client, hoa), failed).content.decode()
    assert "Gửi lại" not in html
    failed.refresh_from_db()
    assert failed.state == "failed"


def test_nothing_can_be_added_changed_or_removed(administrator):
    message = make_sms()
    assert administrator.get(reverse("admin:messaging_outgoingmessage_add")).status_code == 403
    assert administrator.post(reverse("admin:messaging_outgoingmessage_change", args=[message.pk]), {"body": "x"}).status_code == 403
    assert administrator.get(reverse("admin:messaging_outgoingmessage_delete", args=[message.pk])).status_code == 403


def test_texts_to_the_short_code_are_listed_by_their_command(administrator):
    IncomingSms.objects.create(provider_id="k-1", sender="+84912345678", text="TK, Nguyen Van An, 066080001234, 15/08/1980")
    html = administrator.get(reverse("admin:messaging_incomingsms_changelist")).content.decode()
    assert ">TK<" in html
    assert "091* *** 678" in html
    assert "066080001234" not in html


def test_the_list_costs_the_same_for_one_and_three(administrator):
    costs = []
    for count in (1, 2):
        for _ in range(count):
            make_sms()
        with CaptureQueriesContext(connection) as counted:
            administrator.get(LIST)
        costs.append(len(counted))
    assert costs[0] == costs[1]


def test_the_list_of_texts_that_came_in_costs_the_same_for_one_and_three(administrator):
    costs = []
    for provider_ids in (["k-1"], ["k-2", "k-3"]):
        for provider_id in provider_ids:
            IncomingSms.objects.create(provider_id=provider_id, sender="+84912345678", text="DVC H15")
        with CaptureQueriesContext(connection) as counted:
            administrator.get(reverse("admin:messaging_incomingsms_changelist"))
        costs.append(len(counted))
    assert costs[0] == costs[1]


def test_the_list_is_filtered_by_kind_in_words(administrator):
    make_sms(kind="otp", recipient="+84912345001"), make_sms(recipient="+84912345002")
    assert "Mã xác nhận (OTP)</a>" in administrator.get(LIST).content.decode()
    html = administrator.get(LIST, {"loai": "otp"}).content.decode()
    assert "001" in html
    assert "091* *** 002" not in html
