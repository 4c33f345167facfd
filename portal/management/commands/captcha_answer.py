"""Tell the answer of a confirmation code, for browser tests of the demo."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal import captcha


class Command(BaseCommand):
    help = "Print the digits of a living confirmation code (only while DEMO=1)."

    def add_arguments(self, parser):
        parser.add_argument("key")

    def handle(self, *args, key, **options):
        if not settings.DEMO:
            raise CommandError("The answers of confirmation codes are told only while DEMO=1.")
        code = captcha.living(key)
        if code is None:
            raise CommandError("This confirmation code was used, has expired, or never was.")
        self.stdout.write(code.challenge)
