"""`receive_sms 0912345678 "TK, …"`: take in one text to the short code, as if a phone had sent it, and print the reply."""

import uuid

from django.core.management.base import BaseCommand

from portal.messaging import inbound


class Command(BaseCommand):
    help = "Take in one text to the short code and print the reply; it goes out to the sender as well."

    def add_arguments(self, parser):
        parser.add_argument("sender", metavar="from", help="The phone it comes from, in any spelling.")
        parser.add_argument("text", help="What it says, e.g. “TK, Nguyen Van An, 066080001234, 15/08/1980”.")

    def handle(self, *args, sender, text, **options):
        reply = inbound.answer(inbound.store(f"command:{uuid.uuid4()}", sender, text))
        if reply is None:
            self.stderr.write("No reply: nothing to say, or said already.")
        else:
            self.stdout.write(reply.body)
