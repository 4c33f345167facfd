"""Claims for tests."""

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts import disputes
from accounts.disputes import drafts
from accounts.models import Dispute, DisputeDraft, DisputePhoto
from accounts.tests.make import make_citizen
from portal.messaging.models import OutgoingMessage

NUMBER = "066192001234"
CLAIMANT_PHONE = "+84987654321"


def make_holder(**fields):
    """Who has the account that is disputed: registered by phone, so that the number is the name to sign in with."""
    fields = {"username": NUMBER, "national_id": NUMBER, "phone_verified_at": timezone.now(), "door": "mobile"} | fields
    return make_citizen("Trần Văn Chiếm", **fields)


def make_draft(*, national_id=NUMBER, phone=CLAIMANT_PHONE, email="hlan@example.com", at=None, **fields) -> DisputeDraft:
    draft = DisputeDraft.objects.create(**({"created_at": at} if at else {}))
    for side in ("front", "back"):
        key = default_storage.save(drafts.new_key(), ContentFile(b"a photograph"))
        DisputePhoto.objects.create(draft=draft, side=side, file=key, content_type="image/jpeg", size=12, sha256="0" * 64)
    person = {"full_name": "H’Lan Niê", "birth_date": "1992-03-12", **fields}
    drafts.name_claimant(draft, statement="Tôi chưa từng đăng ký.", national_id=national_id, phone=phone, email=email, **person)
    draft.refresh_from_db()
    return draft


def make_dispute(against=None, *, at=None, phone=CLAIMANT_PHONE, **fields) -> Dispute:
    """A claim that was filed and waits."""
    against = against or make_holder()
    return disputes.file(make_draft(national_id=against.national_id, phone=phone, **fields), phone=phone, at=at)


def told(kind):
    """Who was sent this message, by channel."""
    rows = OutgoingMessage.objects.filter(event__startswith=f"dispute-{kind}:").order_by("channel")
    return {row.channel: row.recipient for row in rows}
