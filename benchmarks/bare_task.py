"""What the outbox is compared with: one Celery task for each letter, as a page about Django and Celery would write it.

`celery -A benchmarks.bare_task` knows it beside the portal's own tasks.
"""

from portal.celery import app

__all__ = ["app", "send"]


@app.task
def send(name, recipient, subject, body, html):
    """Make the same letter, and send it over a connection of its own; the database is not asked."""
    from django.core.mail import EmailMultiAlternatives, get_connection

    connection = get_connection("django.core.mail.backends.smtp.EmailBackend")
    headers = {"Auto-Submitted": "auto-generated", "Message-ID": f"<{name}@portal.example>"}
    letter = EmailMultiAlternatives(subject, body, to=[recipient], headers=headers, connection=connection)
    letter.attach_alternative(html, "text/html")
    letter.send()
