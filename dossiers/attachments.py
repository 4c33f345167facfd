"""What may be attached to a dossier, and what is said when a file may not.

Only the outside of a file is judged here, in the web request: size, kind by content, whether it is
whole. Pictures are decoded by the worker alone (`images`), because decoding costs time and memory.
"""

import datetime
import re
import unicodedata
import uuid
from pathlib import PurePosixPath

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from dossiers import moves, pdf
from dossiers.models import Attachment, Dossier
from portal import filetypes
from portal.messaging import broker
from portal.templatetags.portal import figures

MB = 1024 * 1024
NAME_LENGTH = 120
# How long a file taken out of a draft can be put back.
KEPT_AFTER_REMOVAL = datetime.timedelta(hours=1)


def accept(dossier, document, upload, client_key=None) -> Attachment:
    """Store one file of one paper (None: the mandate); ValidationError says in a sentence why not.

    The same `client_key` twice is the same file: a retry after a lost line.
    """
    name = display_name(upload.name)
    data, kind = _read(upload, name)
    with transaction.atomic():
        # The limits hold for all files together, so those sent at the same moment queue here.
        held = moves.lock(dossier.pk)
        if client_key and (sent_before := held.attachments.filter(client_key=client_key).first()):
            return sent_before
        _check_room(held, document, len(data))
        key = default_storage.save(new_key(), ContentFile(data))
        try:
            attachment = Attachment.objects.create(
                dossier=held, document=document, file=key, original_name=name, content_type=kind, size=len(data), client_key=client_key
            )
        except Exception:
            default_storage.delete(key)
            raise
        _forget_removed(held)
        # Work on its papers is work on the draft: it lives on from now.
        Dossier.objects.filter(pk=held.pk).update(updated_at=timezone.now())
        transaction.on_commit(lambda: broker.ask("dossiers.tasks.check_attachment", attachment.pk), robust=True)
    return attachment


def remove(attachment) -> None:
    """Take a file out of a draft; it can be put back for a while. Never out of a submitted dossier."""
    _set_removed(attachment, timezone.now())


def put_back(attachment) -> None:
    """Undo a removal, if the paper still has room."""
    _set_removed(attachment, None)


def _set_removed(attachment, at):
    with transaction.atomic():
        held = moves.lock(attachment.dossier_id)
        if not held.is_draft:
            raise ValidationError(_("Giấy tờ của hồ sơ đã nộp không xóa hay thay được."))
        if at is None and attachment.removed_at is not None:
            _check_room(held, attachment.document, attachment.size)
        attachment.removed_at = at
        attachment.save(update_fields=["removed_at"])


def purge_removed(dossier) -> None:
    """Delete for good what was taken out of a draft; files only once the transaction is safe."""
    _delete(dossier.attachments.filter(removed_at__isnull=False))


def _forget_removed(dossier):
    """What was taken out long ago; all of it where keeping it would fill the disk beyond one dossier."""
    removed = dossier.attachments.filter(removed_at__isnull=False)
    stored = dossier.attachments.exclude(state=Attachment.State.REFUSED).aggregate(total=Sum("size"))["total"] or 0
    if stored <= settings.UPLOAD_DOSSIER_MB * MB:
        removed = removed.filter(removed_at__lt=timezone.now() - KEPT_AFTER_REMOVAL)
    _delete(removed)


def delete_draft(dossier) -> None:
    """Forget a draft with all its files."""
    _delete(dossier.attachments.all())
    dossier.delete()


def _delete(attachments):
    keys = [key for pair in attachments.values_list("file", "thumbnail") for key in pair if key]
    attachments.delete()
    delete_files_on_commit(keys)


def delete_files_on_commit(keys) -> None:
    """A rolled-back transaction keeps its rows, so it must keep their files as well."""
    for key in keys:
        transaction.on_commit(lambda key=key: default_storage.delete(key), robust=True)


def new_key() -> str:
    """Where a file is kept: nothing of the citizen's file name, nothing that can be guessed."""
    return f"dossiers/{timezone.localdate():%y}/{uuid.uuid4().hex}"


def display_name(raw: str) -> str:
    """The file name as people may read it: no path, no invisible or turning signs, not too long."""
    name = unicodedata.normalize("NFC", raw or "").replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(sign for sign in name if not unicodedata.category(sign).startswith("C"))
    name = " ".join(name.split()).lstrip(".")
    if len(name) > NAME_LENGTH:
        ending = PurePosixPath(name).suffix[:10]
        name = name[: NAME_LENGTH - len(ending) - 1].rstrip() + "…" + ending
    return name or _("tệp không tên")


def _read(upload, name) -> tuple[bytes, str]:
    """The bytes and their kind, judged by what they are and not by what they are called."""
    if upload.size > settings.UPLOAD_FILE_MB * MB:
        raise ValidationError(
            _("Tệp “{name}” nặng {size} MB. Mỗi tệp không quá {limit} MB: chụp lại hoặc chia nhỏ.").format(
                name=name, size=_megabytes(upload.size), limit=settings.UPLOAD_FILE_MB
            ),
            code="too_large",
        )
    upload.seek(0)
    data = upload.read()
    kind = filetypes.kind_of(data)
    if kind not in filetypes.ENDINGS:
        looks_allowed = filetypes.ending_of(name) in filetypes.ALL_ENDINGS
        if not data or (kind is None and looks_allowed):
            raise damaged(name)
        raise ValidationError(
            _("Tệp “{name}” là loại {ending}. Hệ thống nhận ảnh JPG, PNG hoặc PDF.").format(
                name=name, ending=(filetypes.told_kind(data) or filetypes.ending_of(name)).upper() or _("không rõ")
            ),
            code="kind",
        )
    ending = filetypes.ending_of(name)
    if ending and ending not in filetypes.ENDINGS[kind]:
        raise ValidationError(
            _("Tệp “{name}” có đuôi .{ending} nhưng bên trong là {kind}. Chụp hoặc chọn lại.").format(
                name=name, ending=ending, kind=filetypes.ENDINGS[kind][0].upper()
            ),
            code="ending",
        )
    if not filetypes.is_whole(data, kind):
        raise damaged(name)
    if kind == filetypes.PDF:
        refuse_pdf(data, name)
    return data, kind


def damaged(name) -> ValidationError:
    return ValidationError(_("Tệp “{name}” trống hoặc bị hỏng. Chụp hoặc chọn lại.").format(name=name), code="damaged")


def refuse_pdf(data, name, *, thorough=False) -> int:
    """The number of pages of a PDF that may stay; else a ValidationError in the citizen's words."""
    try:
        return pdf.pages_of(data, thorough=thorough)
    except pdf.Encrypted:
        raise ValidationError(_("Tệp PDF “{name}” có mật khẩu. Bỏ mật khẩu rồi gửi lại.").format(name=name), code="encrypted") from None
    except pdf.Active:
        raise ValidationError(
            _("Tệp PDF “{name}” có phần tự chạy hoặc tệp đính kèm nên không được nhận. In lại ra PDF, hoặc chụp ảnh rồi gửi.").format(
                name=name
            ),
            code="active",
        ) from None
    except pdf.Damaged:
        raise damaged(name) from None


def _check_room(dossier, document, size) -> None:
    """Whether the dossier takes one more file for this paper now."""
    if not dossier.takes_files:
        raise ValidationError(_("Hồ sơ này hiện không nhận thêm giấy tờ."), code="closed")
    if document is not None and document.version_id != dossier.version_id:
        raise ValidationError(_("Giấy tờ này không thuộc thủ tục của hồ sơ."), code="document")
    here = dossier.attachments.kept().exclude(state=Attachment.State.REFUSED)
    if not dossier.is_draft:
        # What was asked for now has the whole room again; what was sent before stays as it is.
        here = here.filter(created_at__gte=dossier.status_changed_at)
    if here.filter(document=document).count() >= settings.UPLOAD_FILES_PER_PAPER:
        raise ValidationError(
            _("Mỗi giấy tờ tối đa {limit} tệp. Xóa bớt rồi thêm.").format(limit=settings.UPLOAD_FILES_PER_PAPER), code="too_many"
        )
    total = here.aggregate(total=Sum("size"))["total"] or 0
    if total + size > settings.UPLOAD_DOSSIER_MB * MB:
        raise ValidationError(
            _("Cả hồ sơ không quá {limit} MB, hiện đã có {size} MB. Xóa bớt tệp hoặc gửi ảnh nhỏ hơn.").format(
                limit=settings.UPLOAD_DOSSIER_MB, size=_megabytes(total)
            ),
            code="dossier_full",
        )


def _megabytes(size) -> str:
    """12,4: rounded up, so that a file just over the limit is not told it weighs the limit."""
    return figures(re.sub(r",0$", "", f"{-(-size * 10 // MB) / 10:.1f}".replace(".", ",")))
