"""A claim while it is being written: what was typed is in the form, its photographs are kept here.

They are decoded and written anew within the request: there are three of them at most, one in memory
at a time, and the claimant must hear at once that one cannot be read.
"""

import datetime
import hashlib
import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import DisputeDraft, DisputePhoto, User
from portal import filetypes, images

KEY = "dispute_draft"
MB = 1024 * 1024
KINDS = (filetypes.JPEG, filetypes.PNG, filetypes.HEIC)
KEPT = datetime.timedelta(days=1)


def current(request) -> DisputeDraft | None:
    """What this browser session began and did not send."""
    return DisputeDraft.objects.filter(pk=request.session.get(KEY)).select_related("claimant").first()


def of(request) -> DisputeDraft:
    """The same, begun now where there is none."""
    draft = current(request)
    if draft is None:
        draft = DisputeDraft.objects.create()
        request.session[KEY] = str(draft.pk)
    return draft


def kept(draft) -> dict[str, DisputePhoto]:
    """The photographs that need not be taken again, by side."""
    return {photo.side: photo for photo in draft.photos.all()} if draft else {}


def take(draft, side, upload) -> None:
    """Keep one photograph, in place of the one before; ValidationError says in a sentence why not."""
    picture = _remade(upload)
    with transaction.atomic():
        # Two sent at the same moment queue here, so that no file is left without its row.
        DisputeDraft.objects.select_for_update().get(pk=draft.pk)
        before = draft.photos.filter(side=side).first()
        key = default_storage.save(new_key(), ContentFile(picture.data))
        try:
            DisputePhoto.objects.update_or_create(
                draft=draft,
                side=side,
                defaults={
                    "file": key,
                    "content_type": picture.content_type,
                    "size": len(picture.data),
                    "sha256": hashlib.sha256(picture.data).hexdigest(),
                },
            )
        except Exception:
            default_storage.delete(key)
            raise
        if before:
            delete_files_on_commit([before.file.name])


def _remade(upload) -> images.Picture:
    if upload.size > settings.UPLOAD_FILE_MB * MB:
        raise ValidationError(
            _("Ảnh này nặng hơn {limit} MB. Chụp lại ở cỡ nhỏ hơn.").format(limit=settings.UPLOAD_FILE_MB), code="too_large"
        )
    upload.seek(0)
    data = upload.read()
    kind = filetypes.kind_of(data)
    if kind not in KINDS:
        raise ValidationError(_("Tệp này không phải ảnh JPG, PNG hoặc HEIC. Chụp hoặc chọn ảnh khác."), code="kind")
    try:
        if not filetypes.is_whole(data, kind):
            raise images.Unreadable
        return images.remade(data, kind)
    except images.Unreadable:
        raise ValidationError(_("Ảnh này chưa đọc được. Chụp hoặc chọn lại."), code="damaged") from None


def new_key() -> str:
    """Where a photograph is kept: nothing in it can be guessed."""
    return f"disputes/{timezone.localdate():%y}/{uuid.uuid4().hex}"


def delete_files_on_commit(keys) -> None:
    """A rolled-back transaction keeps its rows, so it must keep their files as well."""
    for key in keys:
        transaction.on_commit(lambda key=key: default_storage.delete(key), robust=True)


# --- Who claims --------------------------------------------------------------------------------


def name_claimant(draft, *, statement, **person) -> User:
    """Keep who claims as a sign-up that is not activated; corrected, it is the same one."""
    with transaction.atomic():
        held = DisputeDraft.objects.select_for_update().get(pk=draft.pk)
        user = held.claimant
        if user is None:
            user = User(username=f"khieu-nai-{uuid.uuid4().hex}", door=User.Door.DISPUTE)
            user.set_unusable_password()
        for name, value in person.items():
            setattr(user, name, value)
        user.save()
        held.claimant, held.statement = user, statement
        held.save(update_fields=["claimant", "statement"])
        return user


def solved(draft, at=None) -> bool:
    """A code solved for this claim stays solved for a while: a blurred photograph must not cost a second one."""
    if draft is None or draft.captcha_solved_at is None:
        return False
    return (at or timezone.now()) < draft.captcha_solved_at + datetime.timedelta(minutes=settings.CAPTCHA_VALID_MINUTES)


def remember_solved(draft) -> None:
    draft.captcha_solved_at = timezone.now()
    draft.save(update_fields=["captcha_solved_at"])


def remove_old(at=None) -> int:
    """Forget claims that were begun and never sent, with their photographs; returns how many."""
    long_ago = (at or timezone.now()) - KEPT
    with transaction.atomic():
        old = list(DisputeDraft.objects.filter(created_at__lt=long_ago).select_for_update(skip_locked=True))
        for draft in old:
            delete_files_on_commit([photo.file.name for photo in draft.photos.all()])
            claimant = draft.claimant
            draft.delete()
            if claimant:
                claimant.delete()
    return len(old)
