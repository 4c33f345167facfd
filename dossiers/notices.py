"""Who is told what when a dossier moves: the applicant, by SMS and by e-mail."""

import re
from collections import Counter

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from dossiers import clock, links, words
from portal.messaging import outbox, wording
from portal.messaging.models import Channel

# verb → the texts in templates/messages/dossiers/
TEMPLATES = {
    "submit": "submitted",
    "receive": "received",
    "refuse": "refused",
    "process": "processing",
    "ask_supplement": "supplement_asked",
    "supplement": "supplement_received",
    "ask_fee": "fee",
    "confirm_fee": "fee_confirmed",
    "withdraw": "withdrawal_asked",
    "accept_withdrawal": "withdrawal_accepted",
    "decline_withdrawal": "withdrawal_declined",
    "stop": "stopped",
    "finish": "ready",
    "return_result": "returned",
}
# Good news has a green heading.
GOOD_NEWS = ("submit", "receive", "confirm_fee", "finish", "return_result")
# An official names each paper that lacks on a line of its own.
LISTED = re.compile(r"^\d+\. ", re.MULTILINE)
# What citizens do themselves, and hear of at any hour: they are still holding the phone.
OWN_ACTS = ("submit", "supplement", "withdraw")
# What an SMS says to a number that was typed and never proven: it may be a stranger's.
TO_ANYONE = "status"
# What a letter leaves out for an address that was typed and never confirmed.
KEPT_FROM_STRANGERS = {"name": "", "reason": "", "tracking_url": "", "papers": []}


def tell(event) -> None:
    """Write the messages of an event into the outbox, in the transaction of the move."""
    dossier, name = event.dossier, TEMPLATES[event.verb]
    post = {"event": f"dossier:{dossier.pk}:{event.verb}:{event.pk}", "about": f"dossier:{dossier.pk}", "kind": f"dossier.{name}"}
    with translation.override(settings.LANGUAGE_CODE):
        for message in _messages(event):
            outbox.post(**post, **message)


def preview(event) -> list[dict]:
    """The same messages as their readers would see them, of an event that has not happened yet."""
    shown = []
    with translation.override(settings.LANGUAGE_CODE):
        for message in _messages(event):
            if not message["to"]:
                continue
            template, context = message["template"], message["context"]
            subject, text = "", ""
            if message["channel"] == Channel.SMS:
                text = wording.sms(template, context)
            else:
                subject, text, _html = wording.email(template, context)
            shown.append({"channel": message["channel"], "to": message["to"], "subject": subject, "text": text})
    return shown


def _messages(event) -> list[dict]:
    dossier, name = event.dossier, TEMPLATES[event.verb]
    context = facts(event)
    sms = name if dossier.applicant_phone_verified or event.verb == "submit" else TO_ANYONE
    is_receipt = event.verb in OWN_ACTS and event.actor_id == dossier.citizen_id and dossier.applicant_phone_verified
    return [
        {
            "channel": Channel.SMS,
            "to": dossier.applicant_phone,
            "template": f"dossiers/{sms}",
            "context": context,
            "any_hour": is_receipt,
        },
        {
            "channel": Channel.EMAIL,
            "to": dossier.applicant_email,
            "template": f"dossiers/{name}",
            "context": context if _owns_address(dossier) else context | KEPT_FROM_STRANGERS,
        },
    ]


def _owns_address(dossier) -> bool:
    """Whether the citizen has proven that letters to this address reach nobody else."""
    return dossier.citizen.emailaddress_set.filter(email__iexact=dossier.applicant_email, verified=True).exists()


def facts(event) -> dict:
    """What the texts may name."""
    dossier = event.dossier
    base = settings.PUBLIC_BASE_URL
    return {
        "name": dossier.applicant_name,
        "code": dossier.receipt_code,
        "procedure": dossier.version.procedure.short_name,
        "agency": dossier.agency.short_name,
        "office": event.office,
        "by": event.actor_name,
        "is_citizens": event.actor_id == dossier.citizen_id,
        "at": event.at,
        # A list of papers, be it of one, begins on a line of its own.
        "reason": f"\n{event.note}" if "\n" in event.note or event.note.startswith("1. ") else event.note,
        "due_at": dossier.due_at,
        "due_reasons": dossier.due_reasons,
        "supplement_by": dossier.supplement_by,
        "papers_asked": len(LISTED.findall(event.note)) if event.verb == "ask_supplement" else 0,
        "fee_vnd": dossier.fee_vnd,
        "fee_by": dossier.fee_by,
        "delivery": dossier.delivery,
        "status": words.of(dossier),
        "hours": settings.FIRST_ANSWER_WORKING_HOURS,
        "answer_by": clock.first_answer_by(dossier.submitted_at),
        "papers": papers_of(event),
        "tracking_url": links.tracking_url(dossier),
        "dossier_url": base + reverse("dossiers:detail", args=[dossier.receipt_code]),
        "tone": "done" if event.verb in GOOD_NEWS else "",
        # The letter of the submission shows the code large below.
        "heading": _("Đã nộp hồ sơ") if event.verb == "submit" else "",
        "supplement_url": base + reverse("dossiers:supplement", args=[dossier.receipt_code]),
    }


def papers_of(event) -> list[str]:
    """“Giấy chứng sinh (2 tệp)”: what was sent with this submission or supplement."""
    if event.verb not in ("submit", "supplement"):
        return []
    sent = event.dossier.attachments.kept().exclude(state="refused").select_related("document")
    if event.verb == "supplement":
        asked = event.dossier.events.filter(verb="ask_supplement").last()
        sent = sent.filter(created_at__gte=asked.at) if asked else sent
    counted = Counter(attachment.document for attachment in sent)
    return [f"{document.heading if document else 'Giấy ủy quyền'} ({count} tệp)" for document, count in counted.items()]
