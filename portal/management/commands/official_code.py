"""A code on paper for an official who has no other second factor yet: the first one, or after a lost phone."""

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken

from portal import second_factor

NAME = "Mã dự phòng"


class Command(BaseCommand):
    help = "Print one-time codes with which an official passes the second step of signing in."

    def add_arguments(self, parser):
        parser.add_argument("username", help="the account name of the official")
        parser.add_argument("--codes", type=int, default=1, help="how many codes to print (default 1)")
        parser.add_argument("--force", action="store_true", help="also where the official already has a phone or an authenticator")

    @transaction.atomic
    def handle(self, username, codes, force, **options):
        user = get_user_model().objects.filter(username=username, is_active=True, is_staff=True).first()
        if user is None:
            raise CommandError(f"There is no active official with the account name “{username}”.")
        if not 1 <= codes <= 20:
            raise CommandError("Ask for 1 to 20 codes.")
        others = [device for device in second_factor.devices_of(user) if not isinstance(device, StaticDevice)]
        if others and not force:
            raise CommandError("This official already has another way to confirm; add --force to print a code all the same.")
        device, _made = StaticDevice.objects.get_or_create(user=user, name=NAME, defaults={"confirmed": True})
        # A new sheet ends the old one: what lies about on paper must not open the door.
        device.token_set.all().delete()
        for _number in range(codes):
            code = StaticToken.random_token()
            device.token_set.create(token=code)
            self.stdout.write(code)
