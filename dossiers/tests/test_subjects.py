"""Dossiers as what messages are about: who sees which messages, and how they are found."""

import datetime

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from dossiers import subjects
from dossiers.tests.make import make_dossier, make_draft
from portal.messaging import received
from portal.messaging.admin import search
from portal.messaging.models import OutgoingMessage
from portal.messaging.tests.make import make_sms
from portal.messaging.tests.officials import enter

LIST = reverse("admin:messaging_outgoingmessage_changelist")


def page_of(message):
    return reverse("admin:messaging_outgoingmessage_change", args=[message.pk])


@pytest.fixture
def ours(lan, birth, agency):
    return make_dossier(lan, birth, agency)


@pytest.fixture
def theirs(lan, birth, other_agency):
    return make_dossier(lan, birth, other_agency)


def about(dossier, **fields):
    return make_sms(about=f"dossier:{dossier.pk}", **fields)


def listed(response):
    return set(response.context["cl"].result_list)


def test_an_official_sees_messages_about_the_dossiers_of_the_own_agency_only(client, hoa, ours, theirs):
    own = about(ours)
    foreign, code = about(theirs), make_sms(kind="otp", about="account:7")
    enter(client, hoa, "view_outgoingmessage", "change_outgoingmessage")
    assert listed(client.get(LIST)) == {own}
    assert client.get(page_of(own)).status_code == 200
    assert [client.get(page_of(message)).status_code for message in (foreign, code)] == [404, 404]


def test_searching_shows_an_official_nothing_of_another_agency(client, hoa, ours, theirs):
    about(ours, recipient="+84912000111")
    foreign = about(theirs, recipient="+84912000222", event="foreign")
    enter(client, hoa, "view_outgoingmessage")
    for typed in ("0912000222", theirs.receipt_code, "foreign", str(foreign.pk), foreign.about):
        assert listed(client.get(LIST, {"q": typed})) == set()


def test_an_official_cannot_send_a_message_of_another_agency_again(client, hoa, theirs):
    foreign = about(theirs, state="failed")
    enter(client, hoa, "change_outgoingmessage")
    client.post(LIST, {"action": "send_again", "_selected_action": [foreign.pk]})
    assert client.post(reverse("admin:messaging_outgoingmessage_send_again", args=[foreign.pk])).status_code == 404
    assert OutgoingMessage.objects.get().state == "failed"


def test_an_official_without_the_right_sees_no_list(client, hoa, ours):
    about(ours)
    assert enter(client, hoa).get(LIST).status_code == 403


def test_an_official_without_a_post_sees_nothing_until_made_an_operator(client, tuan, ours):
    tuan.official.delete()
    message = about(ours)
    assert listed(enter(client, tuan, "view_outgoingmessage").get(LIST)) == set()
    tuan.user_permissions.add(Permission.objects.get(codename="operate_messages"))
    assert listed(client.get(LIST)) == {message}


@pytest.mark.parametrize("spelling", [str, str.lower, lambda code: f"[{code}]", lambda code: code.replace("-", " ")])
def test_messages_are_found_by_receipt_code_in_any_spelling(ours, theirs, spelling):
    message = about(ours)
    about(theirs)
    assert list(search.outgoing(OutgoingMessage.objects.all(), spelling(ours.receipt_code))) == [message]


def test_a_code_that_was_never_given_out_finds_nothing(ours):
    about(ours), make_sms(about="")
    assert list(search.outgoing(OutgoingMessage.objects.all(), "H15.24.133-200101-0001")) == []


def test_a_message_is_called_by_the_code_for_whom_it_lies_before(hoa, ours, theirs):
    names = [f"dossier:{ours.pk}", f"dossier:{theirs.pk}", "account:7", "dossier:", ""]
    assert subjects.links(names, hoa) == {
        f"dossier:{ours.pk}": (ours.receipt_code, reverse("admin:dossiers_dossier_change", args=[ours.pk]))
    }


def test_the_list_leads_to_the_dossier(client, hoa, ours):
    about(ours)
    html = enter(client, hoa, "view_outgoingmessage").get(LIST).content.decode()
    assert f'<a href="{reverse("admin:dossiers_dossier_change", args=[ours.pk])}">{ours.receipt_code}</a>' in html


def test_what_a_number_was_sent_about_an_own_dossier_before_it_was_proven_is_the_owners(lan, minh, birth, agency):
    lan.phone_verified_at = timezone.now()
    lan.save()
    own, foreign = (
        about(make_dossier(lan, birth, agency), recipient=lan.phone),
        about(make_dossier(minh, birth, agency), recipient=lan.phone),
    )
    OutgoingMessage.objects.filter(pk__in=[own.pk, foreign.pk]).update(created_at=timezone.now() - datetime.timedelta(days=200))
    assert list(received.by(lan)) == [own]


def test_a_draft_is_nobodys_subject_but_its_owners(hoa, lan, birth, agency):
    draft = make_draft(lan, birth, agency=agency)
    assert list(subjects.owned_by(lan)) == [{"name": f"dossier:{draft.pk}"}]
    assert list(subjects.visible_to(hoa)) == []


def test_a_citizen_is_led_from_a_message_to_the_own_dossier_and_to_nobody_elses(client, lan, minh, birth, agency, ours):
    others = make_dossier(minh, birth, agency)
    about(ours, recipient=lan.phone, state="sent"), about(others, recipient=lan.phone)
    lan.phone_verified_at = timezone.now() - datetime.timedelta(days=1)
    lan.save()
    client.force_login(lan)
    subject = {row["message"].about: row["subject"] for row in client.get(reverse("messaging:received")).context["rows"]}
    here = (ours.receipt_code, reverse("dossiers:detail", args=[ours.receipt_code]))
    assert subject == {f"dossier:{ours.pk}": here, f"dossier:{others.pk}": None}
