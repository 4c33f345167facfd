"""Copy the database and the papers into a new folder."""

from pathlib import Path

from django.core.management import BaseCommand, CommandError

from portal import backups
from portal.services import ServiceError


class Command(BaseCommand):
    help = "Copy the database (as one snapshot) and the papers into a new folder, with a list of counts and checksums."

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path)

    def handle(self, *, folder, **options):
        try:
            manifest = backups.make(folder.resolve())
        except (backups.BackupError, ServiceError) as error:
            raise CommandError(str(error)) from None
        rows, papers = sum(manifest["counts"].values()), len(manifest["media"])
        self.stdout.write(f"Backed up {rows} rows and {papers} files to {folder.resolve()}.")
