"""What the workers do: deliver, answer, sweep."""

from celery import shared_task


@shared_task
def deliver_waiting():
    """Send what is due."""
