"""Real Kannel between the portal and a provider that is played by Kannel's own fakesmsc.

The configuration is docs/kannel.conf itself, so that the page an operator follows is the one that was tried.
"""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import urllib.parse
import urllib.request
from pathlib import Path

from portal.services import free_port, is_listening
from portal.testing.site import BASE, wait_until

# Each with the least grave line it writes, as in the configuration: smsbox errors hold texts and the secret.
BOXES = {"bearerbox": "2", "smsbox": "4"}
FAKESMSC = Path("/usr/lib/kannel/test/fakesmsc")
HERE = "127.0.0.1"
OPERATOR = "p4ss-of-the-operator"
WAIT_SECONDS = 30
# In place of the provider's connection: one by which SMS come in, one by which they leave.
SIMULATED = """
group = smsc
smsc = fake
smsc-id = {name}
host = 127.0.0.1
port = {port}
connect-allow-ip = 127.0.0.1
"""
# Kannel would answer by the line an SMS came from.
NO_WAY_OUT = "allowed-smsc-id = none\n"
ARRIVED = re.compile(r"Got message \d+: <(?P<sender>\S+) (?P<receiver>\S+) (?P<type>\w+) (?P<text>.*)>$", re.MULTILINE)


def missing() -> str:
    """Why there is no Kannel to try, or nothing."""
    if os.environ.get("CI"):
        return "CI is set, and Kannel is tried by hand (Debian: apt install kannel kannel-extras): CI= pytest tests/kannel"
    lacking = [box for box in BOXES if _program(box) is None] + ([] if FAKESMSC.exists() else [str(FAKESMSC)])
    return f"there is no {', '.join(lacking)}: install Kannel (Debian: apt install kannel kannel-extras)" if lacking else ""


class Kannel:
    """Two boxes, a provider and its phones, on ports of this machine that were free."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.ports = {name: free_port() for name in ("admin", "smsbox", "sendsms", "in", "out")}
        self.user, self.password, self.secret = "motcua", "p4ss-of-the-gateway", "s3cret-of-the-short-code"
        self._running: dict[str, subprocess.Popen] = {}

    @property
    def address(self) -> str:
        return f"http://{HERE}:{self.ports['sendsms']}/cgi-bin/sendsms"

    # Its life

    @contextlib.contextmanager
    def running(self, portal: str):
        for name in ("store", "dlr"):
            (self.folder / name).mkdir(mode=0o700)
        self._configuration.write_text(self._configured(portal))
        self._configuration.chmod(0o600)
        try:
            self.start("bearerbox")
            self.start("smsbox")
            self.switch_phones_on()
            yield self
        finally:
            for name in reversed(self._running):
                self.kill(name)

    def start(self, box: str) -> None:
        self._start(box, _program(box), "-v", BOXES[box], str(self._configuration))
        port = self.ports["smsbox" if box == "bearerbox" else "sendsms"]
        wait_until(lambda: is_listening(port), WAIT_SECONDS, f"{box} does not listen", log=self._log(box))

    def start_again(self) -> None:
        """As a service manager does after the death of bearerbox; smsbox does not always survive it."""
        for box in BOXES:
            self.start(box)

    def kill(self, name: str) -> None:
        """-9, and its whole group: smsbox starts itself again as a child when bearerbox is gone."""
        process = self._running[name]
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def switch_phones_on(self) -> None:
        """From now on what leaves arrives."""
        self._start("phones", FAKESMSC, "-H", HERE, "-r", str(self.ports["out"]), "-m", "0", "0 0 text -")

    def switch_phones_off(self) -> None:
        """Kannel keeps what it accepts from now on."""
        self.kill("phones")

    # What people do

    def text(self, sender: str, words: str) -> None:
        """Somebody texts plain letters to the short code."""
        self._text(sender, "text", words)

    def text_with_marks(self, sender: str, words: str) -> None:
        """As phones do once a letter is not in GSM-7."""
        self._text(sender, "ucs2", urllib.parse.quote_from_bytes(words.encode("utf-16-be")))

    def text_part(self, sender: str, words: str, *, reference: int, number: int, total: int) -> None:
        """One part of a text too long for one SMS."""
        header = urllib.parse.quote_from_bytes(bytes([5, 0, 3, reference, total, number]))
        self._text(sender, "udh-text", f"{header} {words}")

    def arrived(self, receiver: str) -> list[str]:
        """The SMS a phone got, as they went over the air."""
        return [found["text"] for found in ARRIVED.finditer(self._all("phones")) if found["receiver"] == receiver]

    def await_texts(self, receiver: str, count: int = 1) -> list[str]:
        """All that this phone got, once it is so many."""
        wait_until(lambda: len(self.arrived(receiver)) >= count, WAIT_SECONDS, f"{receiver} got {self.arrived(receiver)}, not {count} SMS")
        return self.arrived(receiver)

    def logs(self) -> str:
        """All that the boxes wrote, into their files and on the terminal."""
        return "".join(path.read_text(errors="replace") for box in BOXES for path in self.folder.glob(f"{box}*.log"))

    # How

    @property
    def _configuration(self) -> Path:
        return self.folder / "kannel.conf"

    def _configured(self, portal: str) -> str:
        whole = (BASE / "docs" / "kannel.conf").read_text(encoding="utf-8")
        before, _provider, after = re.split(r"(?<=\n)(?=# --- The (?:provider|door))", whole)
        way_in, way_out = (SIMULATED.format(name=name, port=self.ports[name]) for name in ("in", "out"))
        own = {
            "13000": str(self.ports["admin"]),
            "13001": str(self.ports["smsbox"]),
            "13013": str(self.ports["sendsms"]),
            "ADMIN_PASSWORD": OPERATOR,
            "SMS_GATEWAY_USER": self.user,
            "SMS_GATEWAY_PASSWORD": self.password,
            "SMS_MO_SECRET": self.secret,
            "PORTAL/": f"{portal}/",
            "/var/spool/kannel": str(self.folder),
            "/var/log/kannel": str(self.folder),
            "http-queue-delay = 60": "http-queue-delay = 1",
        }
        text = f"{before}{way_in}{NO_WAY_OUT}{way_out}\n{after}"
        for theirs, ours in own.items():
            assert theirs in text, theirs
            text = text.replace(theirs, ours)
        return text

    def _text(self, sender: str, kind: str, content: str) -> None:
        name = f"sender-{len(self._running)}"
        before = self._received()
        self._start(name, FAKESMSC, "-H", HERE, "-r", str(self.ports["in"]), "-m", "1", f"{sender} 8188 {kind} {content}")
        wait_until(lambda: self._received() > before, WAIT_SECONDS, "Kannel did not take the SMS", log=self._log(name))
        # The provider's line takes one phone at a time.
        self._running[name].terminate()
        self._running[name].wait()

    def _received(self) -> int:
        """How many SMS came in since bearerbox began, as its own page for operators says."""
        with urllib.request.urlopen(f"http://{HERE}:{self.ports['admin']}/status.xml?password={OPERATOR}", timeout=5) as page:
            return int(re.search(rb"<sms>\s*<received>\s*<total>(\d+)", page.read()).group(1))

    def _start(self, name: str, *command) -> None:
        if name in self._running:
            self.kill(name)
        with self._log(name).open("a") as log:
            self._running[name] = subprocess.Popen(
                command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )

    def _log(self, name: str) -> Path:
        # bearerbox.log and smsbox.log are written by the boxes themselves.
        return self.folder / (f"{name}.out.log" if name in BOXES else f"{name}.log")

    def _all(self, name: str) -> str:
        return self._log(name).read_text(errors="replace")


def _program(box: str) -> str | None:
    return shutil.which(box, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
