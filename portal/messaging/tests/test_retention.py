"""How long messages are remembered."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.messaging import delivery, outbox, retention
from portal.messaging.models import InboxCopy, IncomingPart, IncomingSms, OutgoingMessage
from portal.messaging.models.incoming import ANSWER_WITHIN
from portal.messaging.tests.make import make_letter, make_sms

PHONE, EMAIL, OTHER_EMAIL = "+84912345678", "lan.nie@example.com", "lan.cu@example.com"
NOW = timezone.now()

pytestmark = pytest.mark.django_db


def ended(days, state="sent"):
    moment = "sent_at" if state == "sent" else "failed_at"
    return make_letter(state=state, headers={"From": "x@example.com"}, **{moment: NOW - timedelta(days=days)})


def texts():
    return list(OutgoingMessage.objects.order_by("pk").values_list("subject", "body", "html", "headers"))


WIPED = ("", "", "", {})


@pytest.mark.parametrize("state", ["sent", "failed", "expired"])
def test_texts_go_after_some_months_and_the_row_that_says_so_after_two_years(settings, state):
    ended(settings.MESSAGE_TEXT_DAYS - 1, state)
    old = ended(settings.MESSAGE_TEXT_DAYS + 1, state)
    ended(settings.MESSAGE_ROW_DAYS + 1, state)
    retention.forget_old(at=NOW)
    assert texts()[1:] == [WIPED]
    assert texts()[0] != WIPED
    old.refresh_from_db()
    assert (old.kind, old.state, old.recipient[-12:]) == ("dossier.received", state, "@example.com")


def test_what_waits_is_kept_however_old_it_is(settings):
    make_letter(due_at=NOW - timedelta(days=settings.MESSAGE_ROW_DAYS + 9))
    retention.forget_old(at=NOW)
    assert texts()[0] != WIPED


def test_what_lost_its_text_by_age_cannot_be_sent_again(settings):
    ended(settings.MESSAGE_TEXT_DAYS + 1, "failed")
    retention.forget_old(at=NOW)
    assert OutgoingMessage.objects.send_again(NOW) == 0


def test_texts_that_came_in_go_with_the_others(settings):
    for model in (IncomingSms, IncomingPart):
        extra = {"reference": 1, "total": 2, "number": 1} if model is IncomingPart else {}
        for n, days in enumerate((settings.MESSAGE_TEXT_DAYS - 1, settings.MESSAGE_TEXT_DAYS + 1)):
            row = model.objects.create(provider_id=f"id-{n}", sender=PHONE, text="DVC", **extra)
            model.objects.filter(pk=row.pk).update(received_at=NOW - timedelta(days=days))
    copy = InboxCopy.objects.create(channel="sms", recipient=PHONE, body="x")
    InboxCopy.objects.filter(pk=copy.pk).update(at=NOW - timedelta(days=settings.MESSAGE_TEXT_DAYS + 1))
    retention.forget_old(at=NOW)
    assert [list(model.objects.values_list("provider_id", flat=True)) for model in (IncomingSms, IncomingPart)] == [["id-0"], ["id-0"]]
    assert not InboxCopy.objects.exists()


def test_many_are_done_in_batches_and_each_is_looked_at_once(settings, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(retention, "BATCH", 2)
    at = NOW - timedelta(days=settings.MESSAGE_TEXT_DAYS + 1)
    for _ in range(5):
        make_sms(state="sent", sent_at=at)  # all of one moment
    batches = list(retention._batches(OutgoingMessage.objects.all(), "sent_at", NOW, float("inf")))
    assert [len(batch) for batch in batches] == [2, 2, 1]
    assert len({pk for batch in batches for pk in batch}) == 5


def test_out_of_time_it_leaves_the_rest_to_the_next_night(settings):
    ended(settings.MESSAGE_TEXT_DAYS + 1)
    retention.forget_old(at=NOW, for_seconds=0)
    assert texts()[0] != WIPED
    retention.forget_old(at=NOW)
    assert texts()[0] == WIPED


# --- A deleted account ---------------------------------------------------------------------------


def test_the_row_itself_stays_for_the_statistics_and_unique():
    for _ in range(2):
        make_sms(recipient=PHONE, state="sent", sent_at=NOW)
    fact = {"event": "test:same", "state": "sent", "sent_at": NOW}
    rows = [make_letter(recipient=recipient, **fact) for recipient in (EMAIL, OTHER_EMAIL)]
    retention.forget_account(PHONE, EMAIL, OTHER_EMAIL, about="account:7")
    assert [OutgoingMessage.objects.get(pk=row.pk).recipient for row in rows] == [f"xoa:{row.pk}" for row in rows]
    assert {str(row.masked_recipient) for row in OutgoingMessage.objects.all()} == {"(đã xóa)"}
    assert OutgoingMessage.objects.filter(state="sent", kind="dossier.received").count() == 4


def test_a_message_on_its_way_is_delivered_first_and_forgotten_then(sms_sent):
    row = outbox.post(event="test:1", kind="sms_help", channel="sms", to=PHONE, template="messaging/help", context={})
    retention.forget_account(PHONE, about="account:0")
    retention.forget_old()
    row.refresh_from_db()
    assert (row.recipient, row.state) == (PHONE, "waiting")
    delivery.deliver_due()
    assert [sms["to"] for sms in sms_sent] == [PHONE]
    retention.forget_old()
    row.refresh_from_db()
    assert (row.recipient, row.body, row.state, row.forget) == (f"xoa:{row.pk}", "", "sent", False)


def test_a_text_that_nobody_will_answer_any_more_is_forgotten_too():
    texted = [IncomingSms.objects.create(provider_id=str(n), sender=PHONE, text="TK") for n in range(2)]
    IncomingSms.objects.filter(pk=texted[0].pk).update(received_at=NOW - ANSWER_WITHIN - timedelta(minutes=1))
    retention.forget_account(PHONE, about="account:0")
    # The second one is answered first, and goes by age.
    assert list(IncomingSms.objects.order_by("pk").values_list("sender", flat=True)) == [f"xoa:{texted[0].pk}", PHONE]


def test_many_of_them_are_forgotten_in_batches(monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)
    for _ in range(5):
        make_sms(recipient=PHONE, state="sent", sent_at=NOW)
    retention.forget_account(PHONE, about="account:0")
    assert not OutgoingMessage.objects.filter(recipient=PHONE).exists()
    assert not OutgoingMessage.objects.filter(forget=True).exists()
