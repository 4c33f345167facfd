"""The second half of taking a file: the worker decodes it, stores what may stay, and says which it was."""

import hashlib

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F

from dossiers import attachments
from dossiers.models import Attachment
from portal import filetypes, images

LOST_AT_MOST = 5


def check(pk) -> bool:
    """Check one waiting file; False where another worker has it or has done it.

    The row stays locked meanwhile. If this worker dies the lock goes with it, and the sweep finds
    the file still waiting.
    """
    waiting = Attachment.objects.filter(pk=pk, state=Attachment.State.CHECKING)
    # Written before, because a worker killed over the file cannot write anything after.
    waiting.update(checks_lost=F("checks_lost") + 1)
    try:
        with transaction.atomic():
            attachment = waiting.select_for_update(of=("self",), skip_locked=True, no_key=True).first()
            if attachment is None:
                return False
            _judge(attachment)
        return True
    finally:
        Attachment.objects.filter(pk=pk, checks_lost__gt=0).update(checks_lost=F("checks_lost") - 1)


def _judge(attachment):
    try:
        if attachment.checks_lost > LOST_AT_MOST:
            raise attachments.damaged(attachment.original_name)
        with attachment.file.open("rb") as stored:
            data = stored.read()
        if attachment.content_type == filetypes.PDF:
            _keep_pdf(attachment, data)
        else:
            _keep_picture(attachment, data)
    except ValidationError as refusal:
        attachment.state = Attachment.State.REFUSED
        attachment.refusal = refusal.messages[0][:300]
        # Its row tells the citizen why; its bytes would only fill the disk.
        attachments.delete_files_on_commit([attachment.file.name])
        attachment.file = ""
        attachment.save(update_fields=["state", "refusal", "file"])


def _keep_pdf(attachment, data):
    attachment.pages = min(attachments.refuse_pdf(data, attachment.original_name, thorough=True), 32767)
    _ready(attachment, data)


def _keep_picture(attachment, data):
    try:
        picture = images.remade(data, attachment.content_type)
    except images.Unreadable:
        raise attachments.damaged(attachment.original_name) from None
    received = attachment.file.name
    written = []
    try:
        attachment.file.name = _store(picture.data, written)
        attachment.thumbnail.name = _store(picture.thumbnail, written)
        attachment.content_type = picture.content_type
        _ready(attachment, picture.data)
    except Exception:
        for key in written:
            default_storage.delete(key)
        raise
    # Until the row points at the new file, readers need the one received.
    attachments.delete_files_on_commit([received])


def _store(data, written) -> str:
    key = default_storage.save(attachments.new_key(), ContentFile(data))
    written.append(key)
    return key


def _ready(attachment, data):
    attachment.sha256 = hashlib.sha256(data).hexdigest()
    attachment.size = len(data)
    attachment.state = Attachment.State.READY
    attachment.save(update_fields=["file", "thumbnail", "content_type", "pages", "sha256", "size", "state"])
