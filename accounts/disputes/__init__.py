"""Khiếu nại: whose an ID number is, decided by an official and completed by the claimant.

Whoever changes a claim holds its row, then the rows of both accounts in the order of their keys, so
that two officials, two windows, or a claim and a sign-in at the same moment queue up.
"""

import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from accounts import emails, sessions, trusted
from accounts.disputes import drafts, notices
from accounts.models import Dispute, DisputeDay, DisputeDraft, DisputeEvent, DisputePhoto, SmsDevice, User

State, What = Dispute.State, DisputeEvent.What


class NotPossible(Exception):
    """Why this cannot be done, in words for whoever asked."""


class NoAccount(Exception):
    """Nobody has an account with this number: there is nothing to dispute."""


class NumberTaken(Exception):
    """The ID number belongs to yet another account by now."""


# --- Filing ------------------------------------------------------------------------------------


def file(draft, *, phone, at=None) -> Dispute | None:
    """This phone is proven: the draft becomes a dispute. Raises NoAccount.

    None where another press did it, or where the draft goes by another phone by now. Who has one
    waiting for the same number already keeps that one.
    """
    at = at or timezone.now()
    with transaction.atomic():
        held = DisputeDraft.objects.select_for_update(of=("self",)).select_related("claimant").filter(pk=draft.pk).first()
        if held is None or held.claimant is None or held.claimant.phone != phone:
            return None
        claimant = held.claimant
        against = User.objects.activated().select_for_update().filter(national_id=claimant.national_id).first()
        if against is None:
            raise NoAccount
        same = Dispute.objects.waiting().filter(national_id=claimant.national_id, phone=claimant.phone).first()
        if same:
            return same
        claimant.phone_verified_at = at
        claimant.save(update_fields=["phone_verified_at"])
        dispute = Dispute.objects.create(
            code=_next_code(at),
            national_id=claimant.national_id,
            phone=claimant.phone,
            claimant=claimant,
            against=against,
            statement=held.statement,
            created_at=at,
            answer_by=answer_by(at),
        )
        DisputePhoto.objects.filter(draft=held).update(draft=None, dispute=dispute)
        held.delete()
        for account in (claimant, against):
            _record(dispute, What.FILED, account=account, at=at)
        notices.post("sent", dispute)
        return dispute


def answer_by(at) -> datetime.date:
    """The last day on which officials answer, in working days; the offices' calendar lies above, so it is named in settings."""
    return import_string(settings.WORKING_DAYS).after(timezone.localdate(at), settings.DISPUTE_ANSWER_WORKING_DAYS)


def _next_code(at) -> str:
    """KN-261118-0042: counted for each day, under a lock, so that no two are the same."""
    today = timezone.localdate(at)
    DisputeDay.objects.get_or_create(day=today)
    day = DisputeDay.objects.select_for_update().get(day=today)
    day.last += 1
    day.save(update_fields=["last"])
    return f"KN-{today:%y%m%d}-{day.last:04d}"


# --- Deciding ----------------------------------------------------------------------------------


def refusal(dispute, official) -> str:
    """Why this official may not decide this claim, in words; empty where they may."""
    if dispute.state != State.WAITING:
        return _("Khiếu nại này đã được {name} giải quyết: {state}.").format(
            name=dispute.decided_by or "", state=dispute.get_state_display().lower()
        )
    if dispute.has_party(official):
        return _("Ông/Bà là một bên của khiếu nại này nên không giải quyết được. Đề nghị cán bộ khác.")
    if dispute.against.is_staff and not official.is_superuser:
        return _("Tài khoản bị khiếu nại là của cán bộ. Chỉ quản trị viên hệ thống giải quyết được.")
    return ""


def accept(dispute, *, by, reason, at=None) -> Dispute:
    """The number is the claimant's: the other account is frozen at once, and both are told. Raises NotPossible."""
    at = at or timezone.now()
    with transaction.atomic():
        held = _held(dispute, by)
        against = held.against
        if against.national_id != held.national_id:
            raise NotPossible(_("Tài khoản này không còn giữ số CCCD/CMND nói trên, nên không có gì để chuyển."))
        if Dispute.objects.filter(national_id=held.national_id, state=State.ACCEPTED).exists():
            raise NotPossible(_("Một khiếu nại khác về số này đã được chấp nhận và đang chờ nhận lại số."))
        held.claim_by = claim_by(at)
        _decide(held, State.ACCEPTED, by, reason, at)
        _record(held, What.ACCEPTED, account=held.claimant, by=by, note=reason, at=at)
        _freeze(held, by, reason, at)
        notices.post("accepted", held)
        notices.post("frozen", held)
    return held


def refuse(dispute, *, by, reason, at=None) -> Dispute:
    """The claim is not accepted; nothing changes, and the claimant is told why. Raises NotPossible."""
    at = at or timezone.now()
    with transaction.atomic():
        held = _held(dispute, by)
        _decide(held, State.REFUSED, by, reason, at)
        for account in (held.claimant, held.against):
            _record(held, What.REFUSED, account=account, by=by, note=reason, at=at)
        notices.post("refused", held)
    return held


def claim_by(at) -> datetime.date:
    """The last day on which an accepted claim can be completed."""
    return timezone.localdate(at) + datetime.timedelta(days=settings.DISPUTE_CLAIM_DAYS)


def _held(dispute, by) -> Dispute:
    """The claim and both accounts, locked, if this official may decide it now."""
    held = Dispute.objects.select_for_update().get(pk=dispute.pk)
    _lock_accounts(held)
    if why_not := refusal(held, by):
        raise NotPossible(why_not)
    return held


def _lock_accounts(dispute) -> None:
    accounts = User.objects.select_for_update().filter(pk__in=(dispute.claimant_id, dispute.against_id)).order_by("pk").in_bulk()
    dispute.claimant, dispute.against = accounts[dispute.claimant_id], accounts[dispute.against_id]


def _decide(dispute, state, by, reason, at):
    dispute.state, dispute.decided_by, dispute.decided_at, dispute.reason = state, by, at, reason
    dispute.save(update_fields=["state", "decided_by", "decided_at", "reason", "claim_by"])


def _freeze(dispute, by, reason, at):
    """The account opens nothing any more: no session, no remembered browser, no code on its way."""
    account = dispute.against
    account.is_active = False
    account.save(update_fields=["is_active"])
    sessions.end_all(account)
    trusted.forget(account)
    SmsDevice.objects.filter(user=account).delete()
    _record(dispute, What.FROZEN, account=account, by=by, note=reason, at=at)


# --- Completing --------------------------------------------------------------------------------


def complete(dispute, password, at=None) -> User | None:
    """The ID number moves to the claimant, whose account begins here; None where it moved before, or may no more.

    Raises NumberTaken: looking first would lose the race, so the table's constraints decide.
    """
    at = at or timezone.now()
    try:
        with transaction.atomic():
            held = Dispute.objects.select_for_update().get(pk=dispute.pk)
            if not may_complete(held, at):
                return None
            _lock_accounts(held)
            email = _move_number(held, password, at)
            held.state, held.completed_at = State.DONE, at
            held.save(update_fields=["state", "completed_at"])
            notices.post("done", held, email=email)
            notices.post("lost", held)
    except IntegrityError as taken:
        raise NumberTaken from taken
    if email:
        emails.ask_to_confirm(held.claimant, email)
    return held.claimant


def _move_number(dispute, password, at) -> str:
    """Returns the claimant's e-mail as it was typed: the new account has it once its link was opened."""
    old, new, number = dispute.against, dispute.claimant, dispute.national_id
    if old.national_id == number:
        old.national_id = ""
    if old.username == number:
        old.username = f"tam-khoa-{old.pk}"
    if old.phone == dispute.phone:
        old.phone, old.phone_verified_at = "", None
    old.save(update_fields=["national_id", "username", "phone", "phone_verified_at"])
    # The national service names people by their number: next time it must find the new account.
    old.socialaccount_set.all().delete()
    # A phone that became somebody else's meanwhile is kept as a number to call, not as one to sign in with.
    elsewhere = User.objects.activated().filter(phone=dispute.phone, phone_verified_at__isnull=False).exclude(pk=new.pk).exists()
    new.phone_verified_at = None if elsewhere else at
    email, new.email = new.email, ""
    new.username, new.activated_at = number, at
    new.set_password(password)
    new.save()
    new.smsdevice_set.all().delete()
    _record(dispute, What.LOST, account=old, at=at)
    _record(dispute, What.GIVEN, account=new, at=at)
    return email


def may_complete(dispute, at=None) -> bool:
    return dispute.state == State.ACCEPTED and not is_late(dispute, at)


def is_late(dispute, at=None) -> bool:
    """Whether the claim was accepted and the days to complete it are over."""
    return dispute.state == State.EXPIRED or (dispute.state == State.ACCEPTED and timezone.localdate(at) > dispute.claim_by)


# --- Housekeeping ------------------------------------------------------------------------------


def expire(at=None) -> int:
    """Close accepted claims that nobody completed; the frozen account stays frozen until an official looks again."""
    at = at or timezone.now()
    with transaction.atomic():
        late = list(Dispute.objects.select_for_update(skip_locked=True).filter(state=State.ACCEPTED, claim_by__lt=timezone.localdate(at)))
        for dispute in late:
            dispute.state = State.EXPIRED
            dispute.save(update_fields=["state"])
            _record(dispute, What.EXPIRED, at=at)
    return len(late)


def remove_old_photos(at=None) -> int:
    """Delete the photographs of claims decided long ago; their digests stay. Returns how many went."""
    at = at or timezone.now()
    long_ago = at - datetime.timedelta(days=settings.DISPUTE_PHOTO_DAYS)
    with transaction.atomic():
        old = list(
            DisputePhoto.objects.select_for_update(of=("self",))
            .filter(dispute__decided_at__lt=long_ago)
            .exclude(file="")
            .select_related("dispute")
        )
        drafts.delete_files_on_commit([photo.file.name for photo in old])
        DisputePhoto.objects.filter(pk__in=[photo.pk for photo in old]).update(file="", size=0)
        for dispute in {photo.dispute for photo in old}:
            _record(dispute, What.PHOTOS_REMOVED, at=at)
    return len(old)


# --- The record --------------------------------------------------------------------------------


def looked(dispute, by, *, photo="") -> None:
    """An official opened the claim, or one photograph of it."""
    _record(dispute, What.PHOTO if photo else What.LOOKED, by=by, note=photo)


def _record(dispute, what, *, account=None, by=None, note="", at=None):
    DisputeEvent.objects.create(
        dispute=dispute, account=account, actor=by, actor_name=str(by) if by else "", what=what, note=note, at=at or timezone.now()
    )
