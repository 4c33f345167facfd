"""Texts to the short code: stored once, answered once."""

import threading
import time
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from portal.messaging import commands, inbound, outbox, tasks
from portal.messaging.models import IncomingSms, OutgoingMessage

LAN = "+84912345678"
HERE = "portal.messaging.tests.test_inbound"
HELP = "Tin nhan chua dung cu phap. Soan TK, Ho va ten, soCMND, Ngaysinh de dang ky, hoac DVC Ma bien nhan de tra cuu, gui 8188. Can giup do, goi 1022."


def look_up(sender, text):
    return f"Hồ sơ của {sender[-3:]}: {text}"


def register(sender, text):
    return "Mat khau tam: xuka-7294"


def silent(sender, text):
    return None


@commands.whole_word
def alone(sender, text):
    return text


def faulty(sender, text):
    raise KeyError("code")


handled = []


def slow(sender, text):
    handled.append(sender)
    time.sleep(0.1)
    return "xong"


@pytest.fixture(autouse=True)
def handlers(settings):
    settings.SMS_COMMANDS = {
        "DVC": f"{HERE}.look_up",
        "TK": f"{HERE}.register",
        "TKIM": f"{HERE}.silent",
        "HONG": f"{HERE}.faulty",
        "QUA": f"{HERE}.alone",
    }


def replies():
    return list(OutgoingMessage.objects.order_by("pk").values_list("recipient", "body", "secret"))


@pytest.mark.parametrize(
    ("text", "handler", "rest"),
    [
        ("DVC H15.24.133-261118-0007", look_up, "H15.24.133-261118-0007"),
        ("dvch15241332611180007", look_up, "h15241332611180007"),
        ("  Dvc<H15>", look_up, "<H15>"),
        ("TK, Nguyễn Văn An,\n066080001234", register, ", Nguyễn Văn An, 066080001234"),
        ("tk;An", register, ";An"),
        ("ＤＶＣ　Ｈ１５", look_up, "H15"),
        ("ĐVC H15", look_up, "H15"),
        ("D\u0302V\u0323C\u0300 H15", look_up, "H15"),
        ("“DVC H15”", look_up, "H15”"),
        ("<dvc> H15", look_up, "> H15"),
        ("\ufeffDVC: H15", look_up, ": H15"),
        ("QUA H15", alone, "H15"),
        ("qua", alone, ""),
        ("qua,H15", alone, ",H15"),
        ("quabo", None, "quabo"),
        ("qua1", None, "qua1"),
        ("TKIM", silent, ""),
        ("xin chào", None, "xin chào"),
        ("", None, ""),
    ],
)
def test_the_longest_known_word_at_the_beginning_chooses_the_handler(text, handler, rest):
    assert commands.find(text) == (handler, rest)


def test_the_same_sms_delivered_twice_is_stored_once(db):
    first, second = inbound.store("id-1", "0912 345 678", "DVC 1"), inbound.store("id-1", "84912345678", "DVC 1")
    assert first.pk == second.pk
    assert inbound.store("id-1", "0912 345 679", "DVC 1").pk != first.pk
    assert list(IncomingSms.objects.filter(sender=LAN).values_list("provider_id", "sender", "text")) == [("id-1", LAN, "DVC 1")]


def test_an_sms_is_answered_once(db):
    incoming = inbound.store("id-1", LAN, "DVC H15")
    inbound.answer(incoming)
    assert inbound.answer(incoming) is None
    assert replies() == [(LAN, "Ho so cua 678: H15", True)]
    assert IncomingSms.objects.unanswered().count() == 0


def test_a_handler_may_have_nothing_to_say(db):
    assert inbound.answer(inbound.store("id-1", LAN, "TKIM")) is None
    assert replies() == []
    assert IncomingSms.objects.unanswered().count() == 0


def test_an_unknown_text_gets_one_help_an_hour_so_that_two_robots_cannot_talk_forever(db):
    now = timezone.now()
    for n, later in enumerate([0, 10, 59]):
        inbound.answer(inbound.store(f"id-{n}", LAN, "xin chao"), at=now + timedelta(minutes=later))
    assert replies() == [(LAN, HELP, False)]
    inbound.answer(inbound.store("id-9", "+84912345679", "xin chao"), at=now)
    assert len(replies()) == 2
    inbound.answer(inbound.store("id-10", LAN, "xin chao"), at=now + timedelta(minutes=61))
    assert len(replies()) == 3


@pytest.mark.parametrize("sender", ["9029", "8188", "+848188", "+84262000111", "+12025550123", "VIETTEL", ""])
def test_machines_and_foreign_numbers_get_no_answer(db, sender):
    assert inbound.answer(inbound.store("id-1", sender, "DVC H15")) is None
    assert replies() == []
    assert IncomingSms.objects.unanswered().count() == 0


def test_a_fault_with_one_leaves_it_for_later_and_does_not_hold_up_the_next(db):
    bad, good = inbound.store("id-1", LAN, "HONG"), inbound.store("id-2", LAN, "DVC H15")
    inbound.answer_forgotten()
    assert list(IncomingSms.objects.unanswered()) == [bad]
    assert replies() == [(good.sender, "Ho so cua 678: H15", True)]


def test_after_an_outage_the_sweep_answers_all_that_waits(db):
    for n in range(120):
        inbound.store(f"bad-{n}", f"+849120000{n:02d}"[:12], "HONG")
    for n in range(130):
        inbound.store(f"good-{n}", f"+84987000{n:03d}", "DVC H15")
    inbound.answer_forgotten()
    assert IncomingSms.objects.unanswered().count() == 120
    assert len(replies()) == 130


def test_what_came_in_too_long_ago_is_answered_no_more(db):
    inbound.store("id-1", LAN, "DVC H15")
    inbound.answer_forgotten(at=timezone.now() + inbound.ANSWER_WITHIN + timedelta(minutes=1))
    assert replies() == []


# --- Robots ------------------------------------------------------------------------------------


def conversation(robot, *, sender=LAN, first="DVC H15"):
    """What we say to a robot that answers each of our messages, until one of the two is silent."""
    ours, text = [], first
    while text is not None and len(ours) < 1000:
        reply = inbound.answer(inbound.store(f"robot-{len(ours)}", sender, text))
        if reply is None:
            return ours
        ours.append(reply.body)
        text = robot(reply.body)
    return ours


@pytest.mark.parametrize(
    ("robot", "said"),
    [
        (lambda body: body, 1),  # an echo
        (lambda body: f" {body.upper()}\n", 1),
        (lambda body: "Toi dang ban, se goi lai sau.", 2),
        (lambda body: f"Tu dong tra loi: {body}", 2),
        (lambda body: "DVC H15", 20),
        (lambda body: f"DVC {body[-20:]}", 20),
    ],
)
def test_two_robots_that_answer_each_other_end(db, robot, said):
    assert len(conversation(robot)) == said
    assert OutgoingMessage.objects.count() == said
    assert IncomingSms.objects.unanswered().count() == 0


def test_a_robot_with_two_phones_ends_too(db):
    assert len(conversation(lambda body: body)) == 1
    assert len(conversation(lambda body: body, sender="+84912345679")) == 1


def test_our_own_number_gets_no_answer(db, settings):
    settings.SMS_SENDER = "0912 345 678"
    assert inbound.answer(inbound.store("id-1", LAN, "DVC H15")) is None
    assert replies() == []


def test_a_phone_gets_so_many_answers_an_hour_and_its_commands_do_nothing_more(db, settings):
    settings.SMS_ANSWERS_PER_HOUR = 2
    handled.clear()
    settings.SMS_COMMANDS = {"CHAM": f"{HERE}.slow", "TKIM": f"{HERE}.silent", "HONG": f"{HERE}.faulty"}
    for n in range(3):  # silence and faults are no answers
        inbound.answer(inbound.store(f"silent-{n}", LAN, "TKIM"))
        with pytest.raises(KeyError):
            inbound.answer(inbound.store(f"faulty-{n}", LAN, "HONG"))
    answers = [inbound.answer(inbound.store(f"id-{n}", LAN, "CHAM")) is not None for n in range(4)]
    assert (answers, handled) == ([True, True, False, False], [LAN, LAN])
    assert inbound.answer(inbound.store("id-9", LAN, "xin chao")) is None, "help counts as well"
    assert inbound.answer(inbound.store("id-10", "+84912345679", "CHAM")) is not None


def test_an_answer_goes_before_notices_at_any_hour_and_not_after_hours(db):
    now = timezone.now()
    for name, text in (("id-1", "DVC H15"), ("id-2", "xin chao")):
        reply = inbound.answer(inbound.store(name, LAN, text), at=now)
        assert (reply.priority, reply.any_hour, reply.expires_at) == (outbox.URGENT, True, now + inbound.ANSWER_WITHIN)


# --- What stays of a text ----------------------------------------------------------------------

PERSONAL = ", Nguyễn Văn An, 066080001234, 15/08/1980"


def texts():
    return list(IncomingSms.objects.order_by("pk").values_list("text", flat=True))


@pytest.mark.parametrize(
    ("sender", "text", "left"),
    [
        (LAN, "tk" + PERSONAL, "TK"),
        (LAN, "DVC H15.24.133-261118-0007", "DVC"),
        (LAN, "TKIM" + PERSONAL, "TKIM"),  # silence
        (LAN, "TL" + PERSONAL, "…"),  # help
        ("9029", "TK" + PERSONAL, "TK"),  # a machine
        (LAN, "", "…"),
    ],
)
def test_once_answered_only_the_word_is_kept(db, sender, text, left):
    inbound.answer(inbound.store("id-1", sender, text))
    assert texts() == [left]
    inbound.answer(inbound.store("id-1", sender, text))
    assert texts() == [left], "the provider's repetition brings nothing back"


def test_the_second_unknown_text_is_forgotten_as_well(db):
    for n in range(2):
        inbound.answer(inbound.store(f"id-{n}", LAN, "TL" + PERSONAL))
    assert texts() == ["…", "…"]


def test_a_text_that_met_a_fault_stays_until_it_would_be_answered_too_late(db):
    inbound.store("id-1", LAN, "HONG" + PERSONAL)
    inbound.store("id-2", LAN, "TL" + PERSONAL)
    inbound.answer(IncomingSms.objects.last())
    inbound.answer_forgotten()
    late = timezone.now() + inbound.ANSWER_WITHIN
    assert inbound.forget_texts(at=late - timedelta(minutes=1)) == 0
    assert texts() == ["HONG" + PERSONAL, "…"]
    assert inbound.forget_texts(at=late + timedelta(minutes=1)) == 1
    assert texts() == ["HONG", "…"]
    assert inbound.forget_texts(at=late + timedelta(minutes=1)) == 0
    assert IncomingSms.objects.unanswered().count() == 1, "that it was never answered can still be seen"


def test_the_sweep_forgets(db):
    inbound.store("id-1", LAN, "TL" + PERSONAL)
    IncomingSms.objects.update(received_at=timezone.now() - timedelta(hours=5))
    tasks.sweep()
    assert texts() == ["…"]


def test_with_the_door_shut_the_help_does_not_name_it(db, settings):
    settings.SIGNUP_DOORS = ["email"]
    inbound.answer(inbound.store("id-1", LAN, "xin chao"))
    assert replies() == [(LAN, "Tin nhan chua dung cu phap. Soan DVC Ma bien nhan de tra cuu, gui 8188. Can giup do, goi 1022.", False)]


def test_the_command_takes_in_a_text_and_prints_the_reply(db, capsys):
    call_command("receive_sms", "0912 345 678", "DVC H15")
    call_command("receive_sms", "9029", "DVC H15")
    said = capsys.readouterr()
    assert (said.out, said.err) == ("Ho so cua 678: H15\n", "No reply: nothing to say, or said already.\n")
    assert texts() == ["DVC", "DVC"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_let_the_handler_answer_one_sms_once(settings):
    settings.SMS_COMMANDS = {"CHAM": f"{HERE}.slow"}
    incoming = inbound.store("id-1", LAN, "CHAM")
    start = threading.Barrier(4)
    handled.clear()

    def work():
        try:
            start.wait()
            inbound.answer(incoming)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert handled == [LAN]
    assert replies() == [(LAN, "xong", True)]
