"""What officials see of texts to the short code."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from portal.messaging.models import IncomingSms
from portal.messaging.tests.officials import enter

LIST = reverse("admin:messaging_incomingsms_changelist")


@pytest.fixture
def operator(client, hoa):
    return enter(client, hoa, "operate_messages")


def came(number, text="DVC H15"):
    return IncomingSms.objects.create(provider_id=f"k-{number}", sender=f"+8491234567{number}", text=text)


def test_they_are_listed_by_their_command(operator):
    came(8, "TK, Nguyen Van An, 066080001234, 15/08/1980")
    html = operator.get(LIST).content.decode()
    assert ">TK<" in html
    assert "091* *** 678" in html
    assert "066080001234" not in html


def test_a_sender_is_found_in_any_spelling(operator):
    wanted, _other = came(8), came(9)
    for typed in ("0912345678", "0912 345 678", "+84912345678", "k-8"):
        assert list(operator.get(LIST, {"q": typed}).context["cl"].result_list) == [wanted]


@pytest.mark.parametrize("question", ["text__contains=066080001234", "sender__startswith=%2B84", "provider_id=k-8"])
def test_the_address_line_asks_nothing_that_the_page_hides(operator, question):
    came(8, "TK, Nguyen Van An, 066080001234, 15/08/1980")
    assert operator.get(f"{LIST}?{question}").url == f"{LIST}?e=1"


def test_those_without_an_answer_are_found(operator):
    open_one, answered = came(8), came(9)
    IncomingSms.objects.filter(pk=answered.pk).update(answered_at=timezone.now())
    found = {asked: list(operator.get(LIST, {"tra_loi": asked}).context["cl"].result_list) for asked in ("chua", "roi", "?")}
    assert found == {"chua": [open_one], "roi": [answered], "?": [answered, open_one]}


def test_each_says_when_it_came_and_whether_it_was_answered(operator):
    at = timezone.make_aware(datetime.datetime(2026, 11, 25, 8, 12))
    IncomingSms.objects.filter(pk__in=[came(8, "xin chao").pk, came(9).pk]).update(received_at=at)
    IncomingSms.objects.filter(provider_id="k-9").update(answered_at=at)
    html = operator.get(LIST).content.decode()
    for said in (
        "Nhận lúc 8 giờ 12, 25/11/2026",
        "Trả lời lúc 8 giờ 12, 25/11/2026",
        "Chưa trả lời",
        "Chưa đúng cú pháp",
        "Tin 1–2 trong 2",
    ):
        assert said in html


def test_one_text_has_a_page_with_a_way_back_and_nothing_to_press(operator):
    page = operator.get(reverse("admin:messaging_incomingsms_change", args=[came(8).pk])).content.decode()
    assert f'<a href="{LIST}">Tin nhận được</a>' in page
    assert '<div class="submit-row' not in page
    assert "object-tools" not in page


def test_an_official_of_an_agency_does_not_see_who_texts_the_province(client, hoa):
    assert enter(client, hoa, "view_incomingsms", "view_outgoingmessage").get(LIST).status_code == 403


def test_the_list_costs_the_same_for_one_and_three(operator):
    costs = []
    for numbers in ([1], [2, 3]):
        for number in numbers:
            came(number)
        with CaptureQueriesContext(connection) as counted:
            operator.get(LIST)
        costs.append(len(counted))
    assert costs[0] == costs[1]
