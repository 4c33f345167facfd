#!/usr/bin/env python
"""The project's commands. `python manage.py up` starts everything."""

import os
import sys
from pathlib import Path


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    from portal import env

    env.load_file(Path(__file__).resolve().parent / "var" / "env")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
