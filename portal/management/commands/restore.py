"""Bring a backup back."""

from pathlib import Path

from django.core.management import BaseCommand, CommandError

from portal import backups
from portal.services import ServiceError


class Command(BaseCommand):
    help = "Bring back what `backup` copied. Refuses a database that is not empty, unless --force."

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path)
        parser.add_argument("--force", action="store_true", help="replace everything that is in the database and the papers' folder")

    def handle(self, *, folder, force, **options):
        try:
            manifest = backups.restore(folder.resolve(), force=force)
        except (backups.BackupError, ServiceError) as error:
            raise CommandError(str(error)) from None
        found = backups.count_rows()
        differing = {name: (count, found.get(name)) for name, count in manifest["counts"].items() if found.get(name) != count}
        if differing:
            raise CommandError(
                f"Restored, but these counts differ (backup, now): {differing}. Run `manage.py migrate` if the code is newer."
            )
        self.stdout.write(f"Restored {sum(found.values())} rows and {len(manifest['media'])} files, as of {manifest['made_at']}.")
