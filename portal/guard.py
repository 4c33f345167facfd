"""A small process that outlives the one it guards, only to clear up after it.

Whoever starts servers may itself be killed with -9, and then runs no clean-up of its own. The guard
holds the other end of a pipe; when that closes it stops the process groups it was told of and
removes the folders it was told of. It is run as a script, so that it imports nothing of the project.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

PATIENCE_SECONDS = 6


class Guard:
    """The handle of the guarded process: what to stop and what to remove if it should vanish."""

    def __init__(self):
        self._process = subprocess.Popen(
            [sys.executable, "-I", __file__], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True, text=True
        )

    def watch(self, pid: int) -> None:
        self._say(f"+ {pid}")

    def forget(self, pid: int) -> None:
        self._say(f"- {pid}")

    def remove(self, folder: Path) -> None:
        self._say(f"rm {folder}")

    def close(self) -> None:
        """End the guard; it removes its folders and stops what was not forgotten."""
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        self._process.wait(timeout=2 * PATIENCE_SECONDS)

    def _say(self, line: str) -> None:
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(line + "\n")
            self._process.stdin.flush()


def _signal(groups: list[int], number: int) -> list[int]:
    """Send a signal to each group and return those that were there."""
    there = []
    for group in groups:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, number)
            there.append(group)
    return there


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: list[int] = []
    folders: list[str] = []
    for line in sys.stdin:
        word, _, rest = line.strip().partition(" ")
        if word == "+":
            groups.append(int(rest))
        elif word == "-" and int(rest) in groups:
            groups.remove(int(rest))
        elif word == "rm":
            folders.append(rest)
    # The last started leans on the first: the web server goes before the database.
    left = _signal(groups[::-1], signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while left and time.monotonic() < deadline:
        time.sleep(0.1)
        left = _signal(left, 0)
    _signal(left, signal.SIGKILL)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
