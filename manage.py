#!/usr/bin/env python
"""The project's commands. `python manage.py up` starts everything."""

import os
import sys
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent


def main():
    if sys.version_info < (3, 11):  # noqa: UP036 - an older Python must hear a sentence, not a traceback
        sys.exit(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    try:
        from django.core.management import execute_from_command_line

        from portal import env, supervisor
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] in {"portal", "accounts", "procedures", "dossiers", "tracking"}:
            raise
        sys.exit(f"The package {missing.name} is missing. Run: . .venv/bin/activate && pip install -r requirements.txt")

    if sys.argv[1:2] == ["up"]:
        # Settings stop without SECRET_KEY, so the values must stand before any command is loaded.
        supervisor.prepare(sys.argv[2:], BASE_DIR)
    else:
        env.load_file(Path(os.environ.get("DATA_DIR") or BASE_DIR / "var") / "env")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
