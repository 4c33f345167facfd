"""“Khiếu nại”: claim the number on one's card, and later see the outcome and take the number back."""

import time

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts import disputes, otp, signin
from accounts.disputes import drafts
from accounts.forms.dispute import ClaimForm, DisputeForm
from accounts.forms.passwords import NewPasswordForm
from accounts.models import Dispute, DisputePhoto, SmsDevice
from accounts.views.code import CodePage
from portal import callers, captcha, doors, second_factor, throttle

HOUR = 3600
SENT, CLAIM = "dispute_sent", "dispute_claim"
PHOTOS_PER_HOUR = 30
# A commune's officials help several claimants; a code with its number is not guessed in so many tries.
CLAIMS_PER_HOUR = 10
WRONG_PER_CODE = 20
PROOF_SECONDS = 15 * 60


# --- File a claim ------------------------------------------------------------------------------


# The code of digits stays used, and the photographs stay kept, even where the rest fails: not one transaction.
@transaction.non_atomic_requests
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def dispute(request):
    """The form; its button keeps the photographs and sends the code to the claimant's phone."""
    if request.method != "POST":
        draft = drafts.current(request)
        return _form_page(request, DisputeForm(request=request, draft=draft, initial=_typed_before(draft)))
    refusals = _keep_photos(request)
    draft = drafts.current(request)
    if captcha.wants_another(request):
        return _form_page(request, DisputeForm(request=request, draft=draft, initial=request.POST.dict()))
    form = _judged(request, draft, refusals)
    if not form.is_valid():
        return _form_page(request, form)
    draft = drafts.of(request)
    callers.check_distinct(request, "dispute", str(draft.pk), limit=settings.DISPUTES_PER_HOUR, seconds=HOUR)
    refusal = _send_code(request, drafts.name_claimant(draft, **form.claim()))
    if refusal:
        form.add_error("phone", refusal)
        return _form_page(request, form)
    return redirect("accounts:dispute_code")


def _form_page(request, form):
    return render(request, "accounts/dispute.html", {"form": form, "days": settings.DISPUTE_PHOTO_DAYS})


def _typed_before(draft):
    """What to correct, when the claimant comes back from the page of the code."""
    if draft is None or draft.claimant is None:
        return None
    user = draft.claimant
    born = f"{user.birth_date.year}" if user.birth_year_only else user.birth_date
    return {
        "full_name": user.full_name,
        "national_id": user.national_id,
        "birth_date": born,
        "phone": user.phone,
        "email": user.email,
        "statement": draft.statement,
    }


def _keep_photos(request) -> dict[str, list[str]]:
    """Keep what was chosen, whatever else is wrong; what could not be taken, in words, by side."""
    refusals = {}
    for side in DisputePhoto.Side:
        upload = request.FILES.get(side)
        if upload is None:
            continue
        callers.check(request, "dispute-photo", limit=PHOTOS_PER_HOUR, seconds=HOUR)
        try:
            drafts.take(drafts.of(request), side, upload)
        except ValidationError as refusal:
            refusals[side] = refusal.messages
    return refusals


def _judged(request, draft, refusals) -> DisputeForm:
    """The form as it was filled; a right code of digits is remembered with the draft, a wrong one with the caller."""
    if not drafts.solved(draft):
        captcha.refuse_guessing(request)
    form = DisputeForm(request.POST, request=request, draft=draft, refusals=refusals)
    form.is_valid()
    if form.solved_now:
        drafts.remember_solved(drafts.of(request))
        del form.fields["captcha"]
    elif form.guessed:
        captcha.count_wrong(request)
    return form


def _device(request, user, phone):
    return otp.device_for(request, user, SmsDevice.Purpose.DISPUTE, phone)


def _send_code(request, user, phone=""):
    """Send the code; why not, in words. Pressed again while one is on its way, it need not be sent."""
    device = _device(request, user, phone or user.phone)
    if device.code_lives and device.seconds_to_resend:
        return ""
    return second_factor.send(request, device)


@method_decorator(login_not_required, name="dispatch")
class Code(CodePage):
    """The claimant's phone is proven, and with it the claim is filed."""

    above = gettext_lazy("Khiếu nại")
    above_url = wrong_number_url = reverse_lazy("accounts:dispute")

    def device(self):
        draft = drafts.current(self.request)
        if draft is None or draft.claimant is None:
            return None
        return _device(self.request, draft.claimant, draft.claimant.phone)

    def lost(self):
        return redirect("accounts:dispute_sent" if SENT in self.request.session else "accounts:dispute")

    def accepted(self, device, form):
        draft = drafts.current(self.request)
        try:
            filed = disputes.file(draft, phone=device.phone) if draft else None
        except disputes.NoAccount:
            if not doors.standing().any:
                messages.warning(self.request, _("Số CCCD/CMND này hiện không còn gắn với tài khoản nào."))
                return redirect("account_login")
            messages.warning(self.request, _("Số CCCD/CMND này hiện không còn gắn với tài khoản nào. Ông/Bà đăng ký được ngay."))
            return redirect("accounts:signup")
        if filed is None:
            return self.lost()
        self.request.session.pop(drafts.KEY, None)
        self.request.session[SENT] = filed.pk
        self.request.session.cycle_key()
        return redirect("accounts:dispute_sent")


@login_not_required
@never_cache
@require_safe
def sent(request):
    """The ticket code, and what happens next."""
    filed = Dispute.objects.filter(pk=request.session.get(SENT)).first()
    if filed is None:
        return redirect("accounts:dispute")
    return render(request, "accounts/dispute_sent.html", {"dispute": filed, "photo_days": settings.DISPUTE_PHOTO_DAYS})


# --- The outcome -------------------------------------------------------------------------------


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def claim(request):
    """Ticket code and ID number; the outcome itself is shown only to who holds the claimant's phone."""
    if request.method != "POST":
        return render(request, "accounts/dispute_claim.html", {"form": ClaimForm()})
    callers.check(request, "dispute-claim", limit=CLAIMS_PER_HOUR, seconds=HOUR)
    form = ClaimForm(request.POST)
    if form.is_valid():
        refusal = _begin_claim(request, **form.cleaned_data)
        if not refusal:
            return redirect("accounts:claim_code")
        form.add_error(None, refusal)
    return render(request, "accounts/dispute_claim.html", {"form": form})


def _begin_claim(request, code, national_id) -> str:
    """One look-up and one answer, whether the code or the number is unknown."""
    if throttle.used("dispute-claim-wrong", code) >= WRONG_PER_CODE:
        raise throttle.TooMany(HOUR)
    found = Dispute.objects.select_related("claimant").filter(code=code, national_id=national_id).first()
    if found is None:
        throttle.count("dispute-claim-wrong", code, seconds=HOUR)
        return _("Mã khiếu nại và số CCCD/CMND chưa khớp nhau. Xem lại tin nhắn và thẻ, hoặc gọi {hotline}.").format(
            hotline=settings.HOTLINE
        )
    request.session[CLAIM] = {"dispute": found.pk}
    return _send_code(request, found.claimant, found.phone)


def _claimed(request) -> Dispute | None:
    """The claim this session asked about."""
    pk = request.session.get(CLAIM, {}).get("dispute")
    return Dispute.objects.select_related("claimant", "against").filter(pk=pk).first()


def _is_proven(request) -> bool:
    return time.time() - request.session.get(CLAIM, {}).get("proven", 0) < PROOF_SECONDS


@method_decorator(login_not_required, name="dispatch")
class ClaimCode(CodePage):
    """The code sent to the phone that filed the claim."""

    above = gettext_lazy("Kết quả khiếu nại")
    above_url = reverse_lazy("accounts:claim")

    def device(self):
        found = _claimed(self.request)
        return _device(self.request, found.claimant, found.phone) if found and not _is_proven(self.request) else None

    def lost(self):
        return redirect("accounts:claim_password" if _is_proven(self.request) else "accounts:claim")

    def accepted(self, device, form):
        self.request.session[CLAIM] |= {"proven": time.time()}
        self.request.session.cycle_key()
        return redirect("accounts:claim_password")


@login_not_required
@never_cache
@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
def choose_password(request):
    """The outcome; where the claim was accepted, a password makes the number the claimant's."""
    found = _claimed(request)
    if found is None and request.user.is_authenticated:
        return redirect("accounts:profile")  # the button was pressed twice: the first press did it
    if found is None or not _is_proven(request):
        return redirect("accounts:claim")
    if not disputes.may_complete(found):
        return render(request, "accounts/dispute_outcome.html", {"dispute": found, "late": disputes.is_late(found)})
    form = NewPasswordForm(request.POST or None, user=found.claimant)
    if request.method != "POST" or not form.is_valid():
        return render(request, "accounts/dispute_password.html", {"form": form, "dispute": found, "user_name": found.national_id})
    try:
        account = disputes.complete(found, form.cleaned_data["password1"])
    except disputes.NumberTaken:
        return render(request, "accounts/dispute_number_taken.html", {"dispute": found})
    if account is None:
        return redirect("accounts:claim_password")
    del request.session[CLAIM]
    messages.success(request, _("Số CCCD/CMND đã là của tài khoản này. Lần sau Ông/Bà đăng nhập bằng số CCCD/CMND."))
    return signin.enter(request, account, proven_phone=account.phone_verified_at is not None)
