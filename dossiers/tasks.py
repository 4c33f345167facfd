"""What the workers do for dossiers; each task fetches and calls one function."""

import logging
from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from dossiers import attachments, checking
from dossiers.models import Attachment, Dossier

logger = logging.getLogger(__name__)

SWEEP_AT_ONCE = 200


# A file that takes longer than this is made to take long.
@shared_task(time_limit=60)
def check_attachment(pk):
    checking.check(pk)


@shared_task
def sweep_attachments():
    """Check what was forgotten: the broker was away, or a worker died over it."""
    # Younger ones are on their way to a worker.
    forgotten = timezone.now() - timedelta(seconds=settings.SWEEP_SECONDS / 2)
    waiting = Attachment.objects.filter(state=Attachment.State.CHECKING, created_at__lt=forgotten)
    for pk in waiting.order_by("pk").values_list("pk", flat=True)[:SWEEP_AT_ONCE]:
        try:
            checking.check(pk)
        except Exception:  # one file out of reach must not keep the others waiting
            logger.exception("attachment %s could not be checked", pk)


@shared_task
def remove_old_drafts():
    """Forget drafts nobody has touched for DRAFT_DAYS, with their files."""
    limit = timezone.now() - timedelta(days=settings.DRAFT_DAYS)
    for pk in Dossier.objects.drafts().filter(updated_at__lt=limit).values_list("pk", flat=True):
        with transaction.atomic():
            # Asked again under the lock: the citizen may be submitting it this moment.
            draft = Dossier.objects.drafts().select_for_update(skip_locked=True).filter(pk=pk, updated_at__lt=limit).first()
            if draft:
                attachments.delete_draft(draft)
