"""What officials see of texts to the short code."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

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
    assert operator.get(f"{LIST}?{question}").status_code == 400


def test_those_without_an_answer_are_found(operator):
    row = came(8)
    assert list(operator.get(f"{LIST}?answered_at__isempty=1").context["cl"].result_list) == [row]


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
