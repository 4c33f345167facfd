"""What the outbox is compared with: one Celery task for each letter. `celery -A benchmarks.bare_task` knows it beside the portal's tasks."""

from django.core.mail import get_connection

from portal.celery import app

__all__ = ["app", "send"]


@app.task
def send(pk, created_at, recipient, subject, body, html):
    """Make the letter that the outbox would make, and send it over a connection of its own."""
    from django.utils.dateparse import parse_datetime

    from portal.messaging.mail import letter
    from portal.messaging.models import OutgoingMessage

    message = OutgoingMessage(
        pk=pk, created_at=parse_datetime(created_at), channel="email", recipient=recipient, subject=subject, body=body, html=html
    )
    letter(message, get_connection("django.core.mail.backends.smtp.EmailBackend")).send()
