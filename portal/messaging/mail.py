"""E-mail over SMTP: one connection for a batch, and the server's answers sorted into permanent and passing."""

import logging
import smtplib
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from portal.messaging.errors import GatewayError

logger = logging.getLogger(__name__)


def message_id(row) -> str:
    """The same over all retries, so that a letter delivered twice can be recognised as one."""
    return f"<{row.pk}.{row.created_at:%Y%m%d%H%M%S}@{urlsplit(settings.PUBLIC_BASE_URL).hostname or 'localhost'}>"


def letter(row, connection=None) -> EmailMultiAlternatives:
    headers = {"Auto-Submitted": "auto-generated"} | row.headers | {"Message-ID": message_id(row)}
    letter = EmailMultiAlternatives(row.subject, row.body, to=[row.recipient], headers=headers, connection=connection)
    if row.html:
        letter.attach_alternative(row.html, "text/html")
    return letter


class Mailer:
    """Sends the letters of one batch over one SMTP connection; opened when first needed."""

    def __init__(self):
        self._connection = None

    def send(self, row) -> None:
        """Raise GatewayError where the server did not take the letter."""
        if not settings.EMAIL_HOST:
            if settings.DEMO:
                return  # the development inbox is where it goes
            raise GatewayError("EMAIL_HOST is not set: no e-mail can leave", away=True)
        try:
            letter(row, self._open_connection()).send()
        except smtplib.SMTPRecipientsRefused as refusal:
            code, reason = next(iter(refusal.recipients.values()))
            raise GatewayError(_answer(code, reason), permanent=code >= 500) from None
        except smtplib.SMTPDataError as refusal:
            raise GatewayError(_answer(refusal.smtp_code, refusal.smtp_error), permanent=refusal.smtp_code >= 500) from None
        except smtplib.SMTPResponseException as refusal:
            # Our own sender or password refused, or “try later”: every letter would hear the same.
            self.close()
            raise GatewayError(_answer(refusal.smtp_code, refusal.smtp_error), away=True) from None
        except smtplib.SMTPServerDisconnected as trouble:
            self.close()
            raise GatewayError(str(trouble)) from None
        except (smtplib.SMTPException, OSError) as trouble:
            self.close()
            raise GatewayError(f"{type(trouble).__name__}: {trouble}", away=True) from None
        except ValueError as trouble:
            # An address or a header that cannot be written: no later minute will change it.
            raise GatewayError(str(trouble), permanent=True) from None

    def _open_connection(self):
        if self._connection and not self._alive():
            self.close()
        if self._connection is None:
            connection = get_connection("django.core.mail.backends.smtp.EmailBackend")
            try:
                connection.open()
            except smtplib.SMTPServerDisconnected as trouble:
                raise GatewayError(str(trouble), away=True) from None
            self._connection = connection
        return self._connection

    def _alive(self) -> bool:
        """Asked before each further letter: a server that hung up has not lost it, as one would be
        in doubt after a hang-up in mid-letter."""
        try:
            return self._connection.connection.noop()[0] == 250
        except (smtplib.SMTPException, OSError):
            return False

    def close(self) -> None:
        if self._connection:
            try:
                self._connection.close()
            except (smtplib.SMTPException, OSError):
                logger.debug("SMTP connection closed by the other side")
            self._connection = None


def _answer(code: int, reason: bytes | str) -> str:
    return f"{code} {reason.decode('utf-8', 'replace') if isinstance(reason, bytes) else reason}"
