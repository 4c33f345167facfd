"""Print every submitted dossier and every message as JSON lines, all of one moment."""

import json

from django.core.management.base import BaseCommand
from django.db import connection, transaction

from dossiers.models import Attachment, Dossier
from portal.messaging.models import OutgoingMessage


class Command(BaseCommand):
    help = "In mọi hồ sơ và tin nhắn, mỗi dòng một JSON, tại cùng một thời điểm."

    def handle(self, *args, **options):
        with transaction.atomic():
            # One snapshot for both tables, or a dossier could appear without its message.
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            for row in self.rows():
                self.stdout.write(json.dumps(row, ensure_ascii=False))

    def rows(self):
        files = {}
        for dossier, sha256, size in Attachment.objects.order_by("created_at", "id").values_list("dossier_id", "sha256", "size"):
            files.setdefault(dossier, []).append([sha256, size])
        dossiers = Dossier.objects.submitted().select_related("version", "citizen").order_by("id")
        for dossier in dossiers.iterator(chunk_size=500):
            series, _, number = (dossier.receipt_code or "").rpartition("-")
            yield {
                "t": "dossier",
                "id": dossier.pk,
                "code": dossier.receipt_code,
                "series": series or None,
                "seq": int(number) if number else None,
                "marker": first_free_text(dossier),
                "owner": dossier.citizen.username,
                "status": dossier.status,
                "files": files.get(dossier.pk, []),
            }
        messages = OutgoingMessage.objects.order_by("id").values_list("id", "kind", "channel", "recipient", "state", "tries", "about")
        for pk, kind, channel, recipient, state, tries, about in messages.iterator(chunk_size=1000):
            kept = about.removeprefix("dossier:")
            yield {
                "t": "message",
                "id": pk,
                "kind": kind,
                "channel": channel,
                "to": recipient,
                "status": state,
                "tries": tries,
                "dossier": int(kept) if kept.isdigit() else None,
            }


def first_free_text(dossier) -> str | None:
    """The first answer typed freely, in the order of the form."""
    for group in dossier.version.declaration:
        for question in group["fields"]:
            answer = dossier.answers.get(question["key"])
            if question["type"] in ("text", "long_text") and answer:
                return answer
    return None
