"""The papers of a dossier, in and out: sent one paper at a time, served only after asking who wants them."""

import uuid

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.http import FileResponse, Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dossiers import access, attachments, papers, wizard
from dossiers.models import Attachment, Dossier
from dossiers.status import Status
from portal import kept, throttle

SLUG = "giay-to"
# What a browser may open in its own window; everything else is only downloaded.
SHOWN = ("image/jpeg", "image/png", "application/pdf")


def page(request, dossier, listed, *, missing=(), errors=None, status=200):
    """The step of the papers, with what is missing or could not be taken said at each card."""
    missing_names = {paper.slug: [_("Chọn ảnh hoặc tệp {name}.").format(name=paper.name)] for paper in missing}
    context = wizard.frame(dossier, wizard.find(dossier, SLUG)) | {
        "cards": [card(request, dossier, paper, (errors or missing_names).get(paper.slug, ())) for paper in listed],
        "problems": len(errors or missing_names),
        "counter": counter(listed),
        "limits": limits(),
        "days": settings.DRAFT_DAYS,
    }
    return render(request, "dossiers/attachments.html", context, status=status)


def card(request, dossier, paper, errors=()) -> dict:
    """What one card shows: the paper, what went wrong, and what the address asks for (replace, undo)."""
    return {
        "paper": paper,
        "dossier": dossier,
        "errors": errors,
        "replacing": next((attached for attached in paper.files if str(attached.key) == request.GET.get("thay")), None),
        "removed": _removed(dossier, paper, request.GET.get("da-xoa")),
    }


def counter(listed) -> dict:
    """“Còn 2 trong 3 giấy tờ bắt buộc chưa có”."""
    return {"missing": len(papers.missing(listed)), "required": len(papers.required(listed))}


def limits() -> dict:
    return {"file": settings.UPLOAD_FILE_MB, "files": settings.UPLOAD_FILES_PER_PAPER, "dossier": settings.UPLOAD_DOSSIER_MB}


def _removed(dossier, paper, key) -> Attachment | None:
    if not _is_key(key):
        return None
    return dossier.attachments.filter(key=key, document=paper.document, removed_at__isnull=False).first()


def _is_key(text) -> bool:
    try:
        uuid.UUID(text)
    except (TypeError, ValueError, AttributeError):
        return False
    return True


@kept.takes_files
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request, key, paper):
    """Take the files of one paper; each that cannot be taken is named with its reason, the others stay."""
    dossier = wizard.locked(key, request.user)
    if dossier is None:
        raise Http404
    asked = papers.find(papers.of(dossier), paper)
    if asked is None or asked.only_shown:
        raise Http404
    if request.method != "POST":
        # Here leads sign-in whoever sent a file after the session had ended.
        kept.typed(request)
        kept.forget(request)
        return redirect(f"{_back(dossier)}#paper-{asked.slug}")
    if not dossier.takes_files:
        return _answer(request, dossier, asked, [_("Hồ sơ này hiện không nhận thêm giấy tờ.")])
    sent = request.FILES.getlist("files")
    for _file_sent in sent:
        throttle.check("upload", str(request.user.pk), limit=settings.UPLOADS_PER_HOUR, seconds=3600)
    errors = [] if sent else [_("Chọn ảnh hoặc tệp {name}.").format(name=asked.name)]
    taken = 0
    for file in sent:
        try:
            _take(dossier, asked, file, request.POST)
            taken += 1
        except ValidationError as refusal:
            errors += refusal.messages
    if taken:
        Dossier.objects.filter(pk=dossier.pk).update(edit=F("edit") + 1)
    return _answer(request, dossier, asked, errors)


def _take(dossier, paper, file, posted) -> None:
    """Store one file; the one it replaces goes only after the new one is safe."""
    client_key = posted.get("client_key")
    old = dossier.attachments.kept().filter(key=posted["replace"]).first() if _is_key(posted.get("replace")) else None
    with transaction.atomic():
        replaces = old is not None and old.document_id == (paper.document.pk if paper.document else None)
        if replaces and dossier.is_draft:
            # Taken out first, so that a full paper has room for the new one; both or neither.
            attachments.remove(old)
        attachments.accept(dossier, paper.document, file, client_key if _is_key(client_key) else None)


def _answer(request, dossier, paper, errors):
    """Back to the card, or, for the script, the card drawn anew."""
    listed = papers.of(dossier)
    paper = papers.find(listed, paper.slug)
    if request.accepts("text/html") or not request.accepts("application/json"):
        if errors and dossier.is_draft:
            return page(request, dossier, listed, errors={paper.slug: errors})
        for error in errors:
            messages.error(request, error)
        return redirect(f"{_back(dossier)}#paper-{paper.slug}")
    drawn = render_to_string("dossiers/includes/paper.html", card(request, dossier, paper, errors), request)
    answer = {"card": drawn, "errors": errors, "notice": counter_words(listed), "status": paper.status["word"]}
    return JsonResponse(answer, status=422 if errors else 200)


def counter_words(listed) -> str:
    """What a screen reader is told after an upload."""
    missing = len(papers.missing(listed))
    if not missing:
        return _("Đã có đủ giấy tờ bắt buộc.")
    return ngettext("Còn {n} giấy tờ bắt buộc chưa có.", "Còn {n} giấy tờ bắt buộc chưa có.", missing).format(n=missing)


def _back(dossier) -> str:
    """The page the papers of this dossier are sent from."""
    if dossier.status == Status.DRAFT:
        return reverse("dossiers:step", args=[dossier.key, SLUG])
    if dossier.status == Status.SUPPLEMENT:
        return reverse("dossiers:supplement", args=[dossier.receipt_code])
    return reverse("dossiers:receipt", args=[dossier.key])


@never_cache
@require_POST
def remove(request, key):
    """Take a file out of a draft; the card then offers to undo it."""
    return _change(request, key, attachments.remove, f"?da-xoa={key}")


@never_cache
@require_POST
def restore(request, key):
    """Undo a removal."""
    return _change(request, key, attachments.put_back, "")


def _change(request, key, verb, query):
    dossier, attached = _held(request, key)
    try:
        verb(attached)
    except ValidationError as refusal:
        for message in refusal.messages:
            messages.error(request, message)
        return redirect(_back(dossier))
    if verb is attachments.remove:
        listed = papers.of(dossier)
        if papers.missing(listed):
            wizard.reopen(dossier, SLUG)
    dossier.edit += 1
    dossier.save(update_fields=["edit", "steps_done", "updated_at"])
    slug = str(attached.document_id) if attached.document_id else papers.MANDATE
    return redirect(f"{_back(dossier)}{query}#paper-{slug}")


def _held(request, key) -> tuple[Dossier, Attachment]:
    """The citizen's dossier, held, and the file as it is now: another window may have thrown away either."""
    found = get_object_or_404(Attachment.objects.select_related("dossier"), key=key, dossier__citizen=request.user)
    dossier = wizard.locked(found.dossier.key, request.user)
    if dossier is None:
        raise Http404
    return dossier, get_object_or_404(dossier.attachments.select_related("document"), key=key)


@never_cache
@require_safe
def serve(request, key):
    """A file as it is stored: downloaded, or with `?xem=1` opened where that is harmless."""
    attached = _permitted(request, key)
    if not attached.file:
        raise Http404
    inline = request.GET.get("xem") == "1" and attached.content_type in SHOWN
    return _file(attached.file, attached.content_type, attached.original_name, inline=inline)


@never_cache
@require_safe
def thumbnail(request, key):
    """The small picture the worker made."""
    attached = _permitted(request, key, log=False)
    if not attached.thumbnail:
        raise Http404
    return _file(attached.thumbnail, "image/jpeg", "anh-nho.jpg", inline=True)


def _permitted(request, key, *, log=True) -> Attachment:
    """The file, for its owner, or for an official of its agency whose second factor was given; 404 for all others."""
    attached = Attachment.objects.kept().filter(key=key).select_related("dossier").first()
    if attached is None:
        raise Http404
    user = request.user
    if attached.dossier.citizen_id == user.pk:
        return attached
    if not (user.is_staff and user.is_verified() and attached.state == Attachment.State.READY):
        raise Http404
    if not Dossier.objects.visible_to(user).filter(pk=attached.dossier_id).exists():
        raise Http404
    if log:
        access.log(attached.dossier, user, _("Tệp {name}").format(name=attached.original_name))
    return attached


def _file(stored, content_type, name, *, inline):
    try:
        opened = stored.open("rb")
    except FileNotFoundError:
        # The worker has just put a better one in its place.
        raise Http404 from None
    response = FileResponse(opened, as_attachment=not inline, filename=name, content_type=content_type)
    response["X-Content-Type-Options"] = "nosniff"
    # A sandbox keeps whatever was sent from acting as a page of ours. Browsers refuse to show a PDF
    # inside one; its viewer is apart from the site anyway.
    sandbox = "" if content_type == "application/pdf" else "; sandbox"
    response["Content-Security-Policy"] = f"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'{sandbox}"
    return response
