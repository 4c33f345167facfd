"""Whether the process lives, and whether it can work.

Both answers say nothing that a stranger may not know. Neither opens a transaction: /healthz must
answer while the database is away, and /readyz must be able to say that it is.
"""

import logging
import shutil
import tempfile
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection, transaction
from django.db.models import Min
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from portal import circuit
from portal.messaging.models import OutgoingMessage

logger = logging.getLogger(__name__)


@transaction.non_atomic_requests
@login_not_required
def alive(request):
    return HttpResponse("ok", content_type="text/plain")


class NotReady(Exception):
    """Something the portal leans on is away or full."""


def database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def redis():
    with circuit.client(settings.REDIS_URL) as client:
        client.ping()


def disk():
    """There is room for papers, and they can be written."""
    folder = Path(settings.MEDIA_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as probe:
        probe.write(b"ready?")
    free = shutil.disk_usage(folder).free // 2**20
    if free < settings.READY_DISK_FREE_MB:
        raise NotReady(f"{free} MB free")


def messages():
    """No message is overdue. Age counts from when it was due: one that waits for the morning, or for its next try, is not late."""
    if since := OutgoingMessage.objects.overdue(timezone.now()).aggregate(since=Min("due_at"))["since"]:
        raise NotReady(f"a message is overdue since {since:%Y-%m-%dT%H:%MZ}")


CHECKS = (database, redis, disk, messages)


@never_cache
@transaction.non_atomic_requests
@login_not_required
def ready(request):
    found = {check.__name__: _outcome(check) for check in CHECKS}
    is_ready = all(outcome == "ok" for outcome in found.values())
    return JsonResponse({"ready": is_ready, **found}, status=200 if is_ready else 503)


def _outcome(check) -> str:
    try:
        check()
    except NotReady as reason:
        return str(reason)
    except Exception as error:  # whatever it is, the answer must be “not ready” and not a page of errors
        logger.warning("not ready: %s: %s", check.__name__, error)
        return "away"
    return "ok"
