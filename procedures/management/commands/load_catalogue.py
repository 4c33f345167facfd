"""`manage.py load_catalogue`: the agencies and procedures of the province, as they lie in procedures/data/."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from procedures import catalogue


class Command(BaseCommand):
    help = "Load agencies and procedures of the province; what stands unchanged is left alone."

    def handle(self, **options):
        try:
            counts = catalogue.load(settings.PROVINCE)
        except catalogue.DataError as mistake:
            raise CommandError(str(mistake)) from None
        self.stdout.write(
            "{agencies} agencies ({agencies_written} written), {procedures} procedures "
            "({versions_written} new versions), {forms} declaration forms.".format(**counts)
        )
