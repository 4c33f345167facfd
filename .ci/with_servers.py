"""Run a command beside a throw-away PostgreSQL and Redis: python .ci/with_servers.py python manage.py check"""

import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import portal.testing.services  # noqa: F401 - starts the servers and stops them at exit

sys.exit(subprocess.call(sys.argv[1:]))
