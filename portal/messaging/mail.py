"""E-mail over SMTP: one connection for a batch, and the server's answers sorted into permanent and passing."""

import logging
import smtplib
import time

from django.conf import settings
from django.core.mail.backends.smtp import EmailBackend

from portal.messaging import letters
from portal.messaging.errors import GatewayError
from portal.messaging.models import Channel
from portal.messaging.models.provider import MAIL_SERVER
from portal.messaging.watch import Call, Watch

logger = logging.getLogger(__name__)

# EMAIL_TIMEOUT holds for each step, of which a letter has up to eight: together they must fit into a lease.
LONGEST_LETTER_SECONDS = 25
# Many servers end a conversation that goes on for ever; the last letter of it would take them for away.
LETTERS_PER_CONNECTION = 100
GONE = 421  # “Service not available, closing transmission channel”


class _Conversation:
    """What smtplib does not tell: how far a letter had got when the line was lost. And an end to its patience."""

    def __init__(self, *args, **kwargs):
        self.in_doubt = False
        self.ends = time.monotonic() + LONGEST_LETTER_SECONDS
        super().__init__(*args, **kwargs)

    def data(self, msg):
        self.in_doubt = True
        answer = super().data(msg)
        self.in_doubt = False
        return answer

    def getreply(self):
        if self.sock:
            self.sock.settimeout(min(self.timeout, max(self.ends - time.monotonic(), 0.01)))
        return super().getreply()


class _Smtp(_Conversation, smtplib.SMTP):
    pass


class _SmtpSsl(_Conversation, smtplib.SMTP_SSL):
    pass


class _Backend(EmailBackend):
    @property
    def connection_class(self):
        return _SmtpSsl if self.use_ssl else _Smtp


class Mailer:
    """Sends the letters of one batch over one SMTP connection; opened when first needed."""

    def __init__(self):
        self._connection = None
        self._carried = self._lost = 0
        self._watch = Watch(Channel.EMAIL)

    def send(self, row) -> None:
        """Raise GatewayError where the server did not take the letter."""
        if not settings.EMAIL_HOST and settings.DEMO:
            return  # the development inbox is where it goes
        call = Call(MAIL_SERVER)
        try:
            self._hand_over(row)
        except GatewayError as trouble:
            if trouble.away:
                self._watch.was_away(call, trouble)
            elif trouble.permanent:
                self._watch.went_well(call)  # it works, and says no to this one
            raise
        self._lost = 0
        self._watch.went_well(call)

    def _hand_over(self, row) -> None:
        if not settings.EMAIL_HOST:
            raise GatewayError("EMAIL_HOST is not set: no e-mail can leave", away=True)
        try:
            sender, recipient = letters.envelope(row)
            letter = letters.written(row)
            self._open_connection().connection.sendmail(sender, [recipient], letter)
            self._carried += 1
        except smtplib.SMTPRecipientsRefused as refusal:
            code, reason = next(iter(refusal.recipients.values()))
            raise self._refused(code, reason) from None
        except smtplib.SMTPDataError as refusal:
            raise self._refused(refusal.smtp_code, refusal.smtp_error) from None
        except smtplib.SMTPResponseException as refusal:
            # Our own sender or password refused, or “try later”: every letter would hear the same.
            self.close()
            raise GatewayError(_answer(refusal.smtp_code, refusal.smtp_error), away=True) from None
        except smtplib.SMTPServerDisconnected as trouble:
            raise self._lost_the_line(trouble) from None
        except (smtplib.SMTPException, OSError) as trouble:
            doubtful = self._in_doubt()
            self.close()
            raise GatewayError(f"{type(trouble).__name__}: {trouble}", away=True, doubtful=doubtful) from None
        except ValueError as trouble:
            # An address or a header that cannot be written: no later minute will change it.
            raise GatewayError(str(trouble), permanent=True) from None

    def _refused(self, code: int, reason: bytes | str) -> GatewayError:
        gone = code == GONE
        if gone:
            self.close()
        return GatewayError(_answer(code, reason), permanent=code >= 500, away=gone)

    def _lost_the_line(self, trouble: smtplib.SMTPServerDisconnected) -> GatewayError:
        """One letter may be at fault; after two in a row, or a silence, it is the server."""
        doubtful, silent = self._in_doubt(), isinstance(trouble.__context__, TimeoutError)
        self.close()
        self._lost += 1
        return GatewayError(str(trouble), away=silent or self._lost > 1, doubtful=doubtful)

    def _in_doubt(self) -> bool:
        server = self._connection and self._connection.connection
        return bool(server and server.in_doubt)

    def _open_connection(self):
        if self._connection:
            self._connection.connection.ends = time.monotonic() + LONGEST_LETTER_SECONDS
            if self._carried >= LETTERS_PER_CONNECTION or not self._alive():
                self.close()
        if self._connection is None:
            connection = _Backend()
            try:
                connection.open()
            except (smtplib.SMTPServerDisconnected, ValueError) as trouble:
                # A host or a password that cannot be written is the operator's to mend, not the letter's fault.
                raise GatewayError(str(trouble), away=True) from None
            self._connection, self._carried = connection, 0
        self._connection.connection.in_doubt = False
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
