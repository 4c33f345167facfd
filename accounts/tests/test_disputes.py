import datetime
import threading

import pytest
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone

from accounts import disputes, sessions, tasks
from accounts.disputes import drafts
from accounts.models import Dispute, DisputeDraft, DisputeEvent, SmsDevice, TrustedDevice, User
from accounts.tests.at_once import at_once
from accounts.tests.disputes import CLAIMANT_PHONE, NUMBER, make_dispute, make_draft, make_holder, told
from accounts.tests.make import PASSWORD, make_citizen, make_staff
from portal.messaging.models import OutgoingMessage

State = Dispute.State
REASON = "Ảnh thẻ khớp với người khiếu nại."
MORNING = datetime.datetime(2026, 11, 18, 1, 0, tzinfo=datetime.UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def official():
    return make_staff("Nguyễn Thị Thu Hà", is_superuser=True)


def accepted(**fields):
    return disputes.accept(make_dispute(**fields), by=make_staff(is_superuser=True), reason=REASON)


# --- Filing ------------------------------------------------------------------------------------


def test_a_filed_claim_has_a_code_a_day_to_be_answered_by_and_its_photographs():
    draft = make_draft()
    holder = make_holder()
    dispute = disputes.file(draft, phone=CLAIMANT_PHONE, at=MORNING)
    assert (dispute.code, dispute.answer_by) == ("KN-261118-0001", datetime.date(2026, 11, 26))  # the 24th is a holiday
    assert (dispute.against, dispute.claimant.phone_verified_at, dispute.claimant.activated_at) == (holder, MORNING, None)
    assert sorted(dispute.photos.values_list("side", flat=True)) == ["back", "front"]
    assert not DisputeDraft.objects.exists()
    assert OutgoingMessage.objects.get(channel="sms").body == (
        "Da nhan khieu nai KN-261118-0001 ve tai khoan gan voi so CCCD cua Ong/Ba. Can bo se tra loi truoc ngay 26/11/2026."
    )
    assert told("sent") == {"sms": CLAIMANT_PHONE, "email": "hlan@example.com"}


def test_the_day_of_a_code_is_the_day_in_vietnam_and_the_next_day_counts_anew():
    late = datetime.datetime(2026, 11, 18, 17, 30, tzinfo=datetime.UTC)
    codes = [
        make_dispute(make_holder(national_id=f"06619200111{n}", username=f"n{n}"), at=at).code
        for n, at in enumerate((MORNING, MORNING, late))
    ]
    assert codes == ["KN-261118-0001", "KN-261118-0002", "KN-261119-0001"]


def test_a_phone_that_was_not_the_one_proven_files_nothing():
    make_holder()
    assert disputes.file(make_draft(), phone="+84911111111") is None
    assert not Dispute.objects.exists()


def test_a_number_without_an_account_is_nothing_to_dispute():
    with pytest.raises(disputes.NoAccount):
        disputes.file(make_draft(), phone=CLAIMANT_PHONE)


def test_who_has_one_waiting_for_the_number_keeps_that_one():
    first = make_dispute()
    assert disputes.file(make_draft(), phone=CLAIMANT_PHONE) == first
    assert Dispute.objects.count() == 1


# --- Deciding ----------------------------------------------------------------------------------


def test_an_accepted_claim_freezes_the_other_account_at_once_and_both_are_told(official):
    holder = make_holder()
    TrustedDevice.objects.create(user=holder, digest="d", expires_at=timezone.now() + datetime.timedelta(days=9))
    SmsDevice.objects.create(user=holder, phone=holder.phone, token="123456")
    dispute = disputes.accept(make_dispute(holder), by=official, reason=REASON, at=MORNING)
    holder.refresh_from_db()
    dispute.refresh_from_db()
    assert (dispute.state, dispute.decided_by, dispute.reason, dispute.claim_by) == (
        State.ACCEPTED,
        official,
        REASON,
        datetime.date(2026, 12, 18),
    )
    assert (holder.is_active, holder.national_id) == (False, NUMBER)
    assert not holder.trusted_devices.exists()
    assert not SmsDevice.objects.filter(user=holder).exists()
    assert told("accepted") == {"sms": CLAIMANT_PHONE, "email": "hlan@example.com"}
    assert told("frozen") == {"sms": holder.phone, "email": holder.email}
    assert [(event.what, event.account, event.actor, event.note) for event in dispute.events.exclude(what="filed")] == [
        ("accepted", dispute.claimant, official, REASON),
        ("frozen", holder, official, REASON),
    ]


def test_the_sessions_of_a_frozen_account_open_nothing(client, official):
    holder = make_holder()
    client.force_login(holder)
    assert client.get("/tai-khoan/").status_code == 200
    disputes.accept(make_dispute(holder), by=official, reason=REASON)
    assert client.get("/tai-khoan/").status_code == 302


def test_a_claim_that_is_not_accepted_changes_no_account(official):
    holder = make_holder()
    dispute = disputes.refuse(make_dispute(holder), by=official, reason="Ảnh thẻ mờ, không đọc được số.")
    holder.refresh_from_db()
    assert (dispute.state, holder.is_active, holder.national_id) == (State.REFUSED, True, NUMBER)
    assert told("refused") == {"sms": CLAIMANT_PHONE, "email": "hlan@example.com"}
    assert "Lý do: Ảnh thẻ mờ, không đọc được số." in OutgoingMessage.objects.get(event__startswith="dispute-refused", channel="email").body


@pytest.mark.parametrize("party", [{"national_id": NUMBER, "activated_at": None}, {"phone": CLAIMANT_PHONE}])
def test_nobody_decides_their_own_case(party):
    dispute = make_dispute()
    with pytest.raises(disputes.NotPossible, match="một bên"):
        disputes.accept(dispute, by=make_staff(is_superuser=True, **party), reason=REASON)


def test_the_account_of_an_official_is_frozen_by_an_administrator_only(official):
    dispute = make_dispute(make_holder(is_staff=True))
    with pytest.raises(disputes.NotPossible, match="quản trị viên"):
        disputes.accept(dispute, by=make_staff(), reason=REASON)
    assert disputes.accept(dispute, by=official, reason=REASON).state == State.ACCEPTED


def test_a_second_claim_to_a_number_waits_for_the_first(official):
    holder = make_holder()
    first, second = make_dispute(holder), make_dispute(holder, phone="+84977777777")
    disputes.accept(first, by=official, reason=REASON)
    with pytest.raises(disputes.NotPossible, match="đang chờ nhận lại số"):
        disputes.accept(second, by=official, reason=REASON)


# --- Completing --------------------------------------------------------------------------------


def test_the_number_moves_to_the_claimant_and_both_are_told():
    holder = make_holder()
    dispute = accepted(against=holder)
    holder_phone = holder.phone
    user = disputes.complete(dispute, PASSWORD)
    holder.refresh_from_db()
    dispute.refresh_from_db()
    assert (user.username, user.national_id, user.phone, user.email, user.check_password(PASSWORD)) == (
        NUMBER,
        NUMBER,
        CLAIMANT_PHONE,
        "",
        True,
    )
    assert user.activated_at
    assert user.phone_verified_at
    assert (holder.national_id, holder.username, holder.is_active) == ("", f"tam-khoa-{holder.pk}", False)
    assert (dispute.state, dispute.national_id) == (State.DONE, NUMBER)
    assert told("done") == {"sms": CLAIMANT_PHONE, "email": "hlan@example.com"}
    assert told("lost") == {"sms": holder_phone, "email": holder.email}
    assert User.objects.named(NUMBER) == user
    assert [(event.what, event.account) for event in dispute.events.all()][-2:] == [("lost", holder), ("given", user)]
    # The typed address is the account's once its link was opened.
    assert list(user.emailaddress_set.values_list("email", "verified")) == [("hlan@example.com", False)]


def test_the_same_phone_is_released_by_the_other_account():
    holder = make_holder(phone=CLAIMANT_PHONE)
    user = disputes.complete(accepted(against=holder), PASSWORD)
    holder.refresh_from_db()
    assert (holder.phone, holder.phone_verified_at, user.phone_verified_at is None) == ("", None, False)


def test_a_phone_that_became_somebody_elses_signs_the_claimant_in_no_more():
    dispute = accepted()
    other = make_citizen(phone=CLAIMANT_PHONE, phone_verified_at=timezone.now())
    user = disputes.complete(dispute, PASSWORD)
    assert (user.phone, user.phone_verified_at) == (CLAIMANT_PHONE, None)
    assert User.objects.named("0987654321") == other


def test_a_number_that_became_yet_another_accounts_moves_nowhere():
    holder = make_holder()
    dispute = accepted(against=holder)
    User.objects.filter(pk=holder.pk).update(national_id="")
    make_citizen(national_id=NUMBER)
    with pytest.raises(disputes.NumberTaken):
        disputes.complete(dispute, PASSWORD)
    dispute.refresh_from_db()
    assert dispute.state == State.ACCEPTED


def test_a_claim_that_is_not_accepted_or_late_cannot_be_completed():
    waiting = make_dispute()
    assert disputes.complete(waiting, PASSWORD) is None
    dispute = disputes.accept(waiting, by=make_staff(is_superuser=True), reason=REASON)
    late = timezone.now() + datetime.timedelta(days=31)
    assert disputes.complete(dispute, PASSWORD, at=late) is None
    assert disputes.expire(at=late) == 1
    dispute.refresh_from_db()
    assert dispute.state == State.EXPIRED
    assert disputes.complete(dispute, PASSWORD) is None


# --- Housekeeping ------------------------------------------------------------------------------


def test_photographs_go_long_after_the_decision_and_their_digests_stay(official, django_capture_on_commit_callbacks):
    decided, waiting = make_dispute(), make_dispute(make_holder(national_id="066192009999", username="khac"))
    disputes.refuse(decided, by=official, reason=REASON, at=timezone.now() - datetime.timedelta(days=91))
    keys = [photo.file.name for photo in decided.photos.all()]
    with django_capture_on_commit_callbacks(execute=True):
        assert tasks.tidy_disputes() == 2
    assert [default_storage.exists(key) for key in keys] == [False, False]
    assert set(decided.photos.values_list("file", "sha256")) == {("", "0" * 64)}
    assert all(default_storage.exists(photo.file.name) for photo in waiting.photos.all())
    assert tasks.tidy_disputes() == 0


def test_what_was_begun_and_never_sent_goes_with_its_photographs(django_capture_on_commit_callbacks):
    old = make_draft(at=timezone.now() - datetime.timedelta(days=2))
    fresh = make_draft(phone="+84977777777")
    keys = [photo.file.name for photo in old.photos.all()]
    with django_capture_on_commit_callbacks(execute=True):
        assert drafts.remove_old() == 1
    assert list(DisputeDraft.objects.all()) == [fresh]
    assert [default_storage.exists(key) for key in keys] == [False, False]
    assert not User.objects.filter(pk=old.claimant_id).exists()


def test_what_was_done_is_never_rewritten():
    event = make_dispute().events.first()
    with pytest.raises(TypeError):
        event.delete()
    with pytest.raises(Exception, match="written once"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_disputeevent SET note = 'x' WHERE id = %s", [event.pk])


# --- At the same moment ------------------------------------------------------------------------


def outcome(job):
    try:
        return job()
    except disputes.NotPossible:
        return "told"


@pytest.mark.django_db(transaction=True)
def test_claims_filed_at_once_have_different_codes():
    drafts = []
    for n in range(4):
        number = f"06619200444{n}"
        make_holder(national_id=number, username=f"nguoi-{n}")
        drafts.append(make_draft(national_id=number, phone=f"+8498765400{n}"))
    filed = at_once(*(lambda draft=draft: disputes.file(draft, phone=draft.claimant.phone) for draft in drafts))
    assert sorted(dispute.code[-4:] for dispute in filed) == ["0001", "0002", "0003", "0004"]


@pytest.mark.django_db(transaction=True)
def test_of_two_officials_at_once_the_second_is_told():
    dispute = make_dispute()
    first, second = make_staff(is_superuser=True), make_staff(is_superuser=True)
    answers = at_once(
        lambda: outcome(lambda: disputes.accept(dispute, by=first, reason=REASON)),
        lambda: outcome(lambda: disputes.refuse(dispute, by=second, reason=REASON)),
    )
    assert answers.count("told") == 1
    dispute.refresh_from_db()
    decided = dispute.events.filter(what__in=("accepted", "refused"))
    assert {event.actor for event in decided} == {dispute.decided_by}


@pytest.mark.django_db(transaction=True)
def test_two_claims_to_one_number_are_not_both_accepted():
    holder = make_holder()
    first, second = make_dispute(holder), make_dispute(holder, phone="+84977777777")
    by = make_staff(is_superuser=True)
    answers = at_once(*(lambda claim=claim: outcome(lambda: disputes.accept(claim, by=by, reason=REASON)) for claim in (first, second)))
    assert answers.count("told") == 1


@pytest.mark.django_db(transaction=True)
def test_a_claim_finished_twice_at_once_is_finished_once():
    dispute = accepted()
    answers = at_once(*[lambda: disputes.complete(dispute, PASSWORD)] * 2)
    assert answers.count(None) == 1
    assert list(DisputeEvent.objects.filter(what="given").values_list("account", flat=True)) == [dispute.claimant_id]


@pytest.mark.django_db(transaction=True)
def test_a_change_by_the_owner_at_the_moment_of_the_claim_does_not_bring_the_number_back():
    holder = make_holder()
    dispute = accepted(against=holder)
    has_read, may_write = threading.Event(), threading.Event()

    def change_by_owner():
        try:
            with transaction.atomic():
                user = User.objects.select_for_update().get(pk=holder.pk)
                has_read.set()
                may_write.wait(5)
                user.address = "Số 1"
                user.save()
        finally:
            connection.close()

    owner = threading.Thread(target=change_by_owner)
    owner.start()
    has_read.wait(5)
    threading.Timer(0.3, may_write.set).start()
    user = disputes.complete(dispute, PASSWORD)
    owner.join()
    holder.refresh_from_db()
    assert (holder.national_id, holder.address, user.national_id) == ("", "Số 1", NUMBER)


@pytest.mark.django_db(transaction=True)
def test_a_sign_in_at_the_moment_of_freezing_leaves_no_open_session(client, settings):
    settings.SIGNIN_OTP = "off"
    holder, official = make_holder(), make_staff(is_superuser=True)
    dispute = make_dispute(holder)
    at_once(
        lambda: client.post("/dang-nhap/", {"login": holder.email, "password": PASSWORD}).status_code,
        lambda: disputes.accept(dispute, by=official, reason=REASON),
    )
    assert client.get("/tai-khoan/").status_code == 302
    sessions.end_all(holder)
    disputes.complete(dispute, PASSWORD)
    assert User.objects.named(NUMBER) == dispute.claimant
