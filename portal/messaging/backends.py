"""Django's e-mail backend: every letter, allauth's too, goes through the outbox."""

import uuid

from django.core.mail.backends.base import BaseEmailBackend

from portal.messaging import outbox, wording
from portal.messaging.models import Channel

# Read here and not sent along. A letter from elsewhere usually carries a link that opens an account,
# so its text is wiped after delivery unless it says X-Motcua-Secret: 0.
SECRET, KIND, ABOUT = "X-Motcua-Secret", "X-Motcua-Kind", "X-Motcua-About"


class OutboxBackend(BaseEmailBackend):
    """Writes one row per recipient; somebody waits for such a letter, so it goes before notices."""

    def send_messages(self, email_messages):
        return sum(self._post(message) for message in email_messages)

    def _post(self, message) -> int:
        recipients = list(dict.fromkeys(message.recipients()))
        if not recipients:
            return 0
        if message.attachments:
            raise ValueError("The outbox carries no attachments: put a link to the paper into the letter.")
        headers = dict(message.extra_headers)
        secret = headers.pop(SECRET, "1") != "0"
        kind, about = headers.pop(KIND, "letter"), headers.pop(ABOUT, "")
        headers.setdefault("From", message.from_email)
        if message.reply_to:
            headers.setdefault("Reply-To", ", ".join(message.reply_to))
        subject = " ".join(message.subject.split())
        html, body = _parts(message)
        event = f"letter:{uuid.uuid4()}"
        for recipient in recipients:
            outbox.write(
                event=event, kind=kind, channel=Channel.EMAIL, recipient=recipient, about=about, subject=subject, body=body,
                html=html or wording.html_part(subject, body), headers=headers, secret=secret, priority=outbox.URGENT,
            )  # fmt: skip
        return 1


def _parts(message) -> tuple[str, str]:
    if message.content_subtype == "html":
        return message.body, ""
    alternatives = getattr(message, "alternatives", [])
    html = next((content for content, mimetype in alternatives if mimetype == "text/html"), "")
    return html, wording.tidy(message.body)
