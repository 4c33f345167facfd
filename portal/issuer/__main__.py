"""Bring the tables and the people up to date, then serve: python -m portal.issuer HOST:PORT"""

import os
import sys

import django

# `up` runs with the portal's own settings and hands them down.
os.environ["DJANGO_SETTINGS_MODULE"] = "portal.issuer.settings"


def main(address: str) -> None:
    django.setup()

    from django.core.management import call_command
    from django.db import connections

    from portal.issuer import registers
    from portal.issuer.server import Server

    call_command("migrate", verbosity=0, interactive=False)
    registers.refresh()
    # What the parent holds open must not be shared with the worker it forks.
    connections.close_all()
    Server(address).run()


if __name__ == "__main__":
    main(sys.argv[1])
