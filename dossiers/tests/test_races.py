"""Many at the same moment, with real threads and real locks."""

import datetime
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from accounts.models import User
from dossiers import attachments, checking, moves, submission
from dossiers.models import Attachment, Dossier
from dossiers.status import NotAllowed, Status
from dossiers.tests.make import make_dossier, make_draft, make_ready_draft
from portal import images
from portal.messaging.models import OutgoingMessage
from portal.testing.papers import make_photo

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime.datetime(2026, 11, 18, 8, 12, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


def at_once(*jobs):
    """Run all jobs from one starting shot; each answers with its result or its exception."""
    start = threading.Barrier(len(jobs))

    def run(job):
        try:
            start.wait(timeout=30)
            return job()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


def test_ten_presses_on_one_draft_are_one_dossier_with_one_code(lan, birth, agency):
    draft = make_ready_draft(lan, birth, agency, at=NOW)
    answers = at_once(*[lambda: submission.submit(draft.pk, User.objects.get(pk=lan.pk), at=NOW).receipt_code] * 10)
    assert answers == [f"{agency.identifier}-261118-0001"] * 10
    assert Dossier.objects.submitted().count() == 1
    assert draft.events.count() == 1
    assert OutgoingMessage.objects.count() == 2


def test_fifty_drafts_to_one_agency_get_fifty_codes_without_a_gap(lan, birth, agency):
    drafts = [make_ready_draft(lan, birth, agency, at=NOW).pk for _ in range(50)]
    codes = at_once(*[lambda pk=pk: submission.submit(pk, User.objects.get(pk=lan.pk), at=NOW).receipt_code for pk in drafts])
    assert sorted(codes, key=str) == [f"{agency.identifier}-261118-{number:04d}" for number in range(1, 51)]
    assert OutgoingMessage.objects.count() == 100


def test_an_official_and_the_citizen_at_the_same_moment_one_wins_and_the_other_is_told(lan, birth, agency, hoa):
    for _ in range(10):
        dossier = make_dossier(lan, birth, agency)
        refuse = lambda pk=dossier.pk: moves.move(Dossier.objects.get(pk=pk), "refuse", by=User.objects.get(pk=hoa.pk), note="Sai nơi nộp")  # noqa: E731
        withdraw = lambda pk=dossier.pk: moves.move(Dossier.objects.get(pk=pk), "withdraw", by=User.objects.get(pk=lan.pk), note="Nhầm")  # noqa: E731
        answers = at_once(refuse, withdraw)
        made = [answer for answer in answers if not isinstance(answer, Exception)]
        told = [answer for answer in answers if isinstance(answer, NotAllowed)]
        assert (len(made), len(told)) == (1, 1), answers
        assert Dossier.objects.get(pk=dossier.pk).status == made[0].to_status
        assert dossier.events.count() == 1


def test_two_officials_ask_for_the_same_move_and_it_is_made_once(lan, birth, agency, hoa):
    dossier = make_dossier(lan, birth, agency, Status.RECEIVED, accepted_at=NOW)
    answers = at_once(*[lambda: moves.move(Dossier.objects.get(pk=dossier.pk), "process", by=User.objects.get(pk=hoa.pk))] * 5)
    assert sum(isinstance(answer, NotAllowed) for answer in answers) == 4
    assert dossier.events.count() == 1


def send(dossier, document, **options):
    photo = SimpleUploadedFile("a.jpg", make_photo(80, 60, orientation=1))
    return lambda: attachments.accept(Dossier.objects.get(pk=dossier.pk), document, photo, **options)


def test_twelve_files_at_once_fill_a_paper_with_ten(lan, birth):
    draft, document = make_draft(lan, birth), birth.current.documents.get()
    answers = at_once(*[send(draft, document) for _ in range(12)])
    assert sum(isinstance(answer, ValidationError) for answer in answers) == 2
    assert draft.attachments.count() == 10


def test_a_file_sent_twice_after_a_lost_line_is_one_file(lan, birth):
    draft, document = make_draft(lan, birth), birth.current.documents.get()
    answers = at_once(*[send(draft, document, client_key="6f1d3c1e-7f0a-4d5e-9f43-0c2a7a0f6b11") for _ in range(6)])
    assert {answer.pk for answer in answers} == {draft.attachments.get().pk}


def test_two_workers_check_a_file_once(lan, birth, monkeypatch):
    remade, decoded = images.remade, []

    def slowly(*args):
        decoded.append(args)
        time.sleep(0.2)
        return remade(*args)

    monkeypatch.setattr(images, "remade", slowly)
    attachment = send(make_draft(lan, birth), birth.current.documents.get())()
    answers = at_once(*[lambda: checking.check(attachment.pk)] * 4)
    assert (sorted(answers), len(decoded)) == ([False, False, False, True], 1)
    assert Attachment.objects.get().state == "ready"
