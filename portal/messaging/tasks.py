"""What the workers do: deliver, answer, sweep, look for trouble, forget."""

from time import sleep

from celery import shared_task

from portal.messaging import alarms, broker, delivery, inbound, retention
from portal.messaging.models import IncomingSms

# How long a message may wait for others while they stream in.
BREATH_SECONDS = 0.1


@shared_task
def deliver_waiting():
    """Send what is due; asked for right after each commit that promised a message.

    One message alone leaves at once. While they stream in, a worker waits for the next few, so that
    they share one task, one claim and one connection instead of costing as many as there are.
    """
    if broker.more_follow(deliver_waiting.name):
        sleep(BREATH_SECONDS)
    broker.begin(deliver_waiting.name)
    if delivery.deliver_due(woken=True) > 1:
        broker.say_more_follow(deliver_waiting.name)


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


@shared_task
def look_for_trouble():
    """Find what the people who keep the portal running should know."""
    alarms.look()


@shared_task
def forget_old():
    """Forget what was sent long ago, and what those were sent who closed their account."""
    retention.forget_old()
