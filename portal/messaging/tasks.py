"""What the workers do: deliver, answer, sweep."""

from celery import shared_task

from portal.messaging import delivery, inbound
from portal.messaging.models import IncomingSms


@shared_task
def deliver_waiting():
    """Send what is due; asked for right after each commit that promised a message."""
    delivery.deliver_due()


@shared_task
def answer(pk):
    """Answer one SMS to the short code."""
    inbound.answer(IncomingSms.objects.get(pk=pk))


@shared_task
def sweep():
    """Find what was forgotten: the broker was away, a worker died, a time to try again has come."""
    inbound.answer_forgotten()
    inbound.forget_texts()
    delivery.deliver_due()
