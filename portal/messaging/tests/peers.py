"""Providers to send to: a small SMTP server, a small Kannel and a small JSON provider on real sockets,
each as ill-behaved as asked.

All have `behaviour`, which may change while they run; `kept`, one `Kept` for each message they took;
`stop()` and `start()`, between which a connection is refused. A `with` block starts and stops them.
"""

import contextlib
import http.server
import json
import select
import socket
import socketserver
import threading
import time
import urllib.parse
from dataclasses import dataclass, field
from email import message_from_bytes, policy


@dataclass
class Kept:
    """One message a provider took. `reference` is the same for the same message: its Message-ID, or
    the number of its row. Where it was not `acknowledged`, the sender cannot know that it was taken."""

    reference: str
    to: str
    text: str
    acknowledged: bool = False
    at: float = field(default_factory=time.time)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, *args):
        self._open = set()
        super().__init__(*args)

    def process_request(self, request, client_address):
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request):
        self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self):
        """End the conversations too that were begun: a server that is gone says nothing more."""
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Peer:
    """Listens on 127.0.0.1, on one port however often it stops and starts."""

    LONGEST_HANG_SECONDS = 60

    def __init__(self):
        self.behaviour = "accept"
        self.slow_seconds = 1.0
        self.kept: list[Kept] = []
        self._calls = 0
        self._lock = threading.Lock()
        self._released = threading.Event()
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self.port = self._server.server_address[1]

    def start(self):
        if self._server is None:
            self._server = _Server(("127.0.0.1", self.port), self._handler())
        self._released.clear()
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def stop(self):
        self._released.set()
        self._server.shutdown()
        self._server.server_close()
        self._server.hang_up()
        self._server = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *exc):
        if self._server:
            self.stop()

    def _now(self) -> str:
        """What to do with this call."""
        with self._lock:
            self._calls += 1
            if self.behaviour == "flap":
                return "accept" if self._calls % 2 else self.BUSY
            return self.behaviour

    def _hang(self):
        self._released.wait(self.LONGEST_HANG_SECONDS)

    def _keep(self, kept: Kept) -> Kept:
        with self._lock:
            self.kept.append(kept)
        return kept

    @contextlib.contextmanager
    def _acknowledging(self, kept: Kept, connection):
        """Marked before the words go out, so that whoever has read them finds it marked."""
        kept.acknowledged = not _hung_up(connection)
        try:
            yield
        except OSError:
            kept.acknowledged = False


def _hung_up(connection) -> bool:
    readable, _, _ = select.select([connection], [], [], 0)
    try:
        return bool(readable) and connection.recv(1, socket.MSG_PEEK) == b""
    except OSError:
        return True


class SmtpPeer(_Peer):
    """An SMTP server:

    accept · refuse (550 to the recipient) · later (451 to the recipient) · gone (421 to the recipient) ·
    reject (554 to the letter) · hang (no greeting) · slow (acknowledges after `slow_seconds`) ·
    sluggish (waits `slow_seconds` before each answer) ·
    drop (hangs up instead of acknowledging a letter it has kept) ·
    hang-up (acknowledges one letter, then hangs up) · flap (accepts one recipient, says “later” to the next, …)

    `letters` are those it kept, as e-mail messages; `connections` counts.
    """

    BUSY = "later"
    REFUSALS = {"refuse": "550 5.1.1 {who} unknown", "later": "451 4.7.1 {who} try later", "gone": "421 4.3.2 closing"}

    def __init__(self):
        self.letters = []
        self.connections = 0
        super().__init__()

    def _handler(self):
        peer = self

        class Conversation(socketserver.StreamRequestHandler):
            def handle(self):
                peer.connections += 1
                if peer.behaviour == "hang":
                    return peer._hang()
                with contextlib.suppress(OSError):
                    self.say("220 peer")
                    while line := self.rfile.readline():
                        if not self.obey(line.decode().strip()):
                            return

            def say(self, words):
                if peer.behaviour == "sluggish":
                    peer._released.wait(peer.slow_seconds)
                self.wfile.write(words.encode() + b"\r\n")

            def obey(self, line):
                verb = line.upper()
                if verb.startswith("RCPT"):
                    who = line.partition(":")[2]
                    now = peer._now()
                    self.say(peer.REFUSALS.get(now, "250 ok").format(who=who))
                elif verb == "DATA":
                    self.say("354 go on")
                    return self.letter()
                elif verb == "QUIT":
                    self.say("221 bye")
                    return False
                else:
                    self.say("250 ok")
                return True

            def letter(self):
                lines = []
                while (line := self.rfile.readline()) != b".\r\n":
                    if not line:
                        return False  # the sender died in mid-letter: nothing was handed over
                    lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
                if peer.behaviour == "reject":
                    self.say("554 no")
                    return True
                letter = message_from_bytes(b"".join(lines), policy=policy.default)
                peer.letters.append(letter)
                kept = peer._keep(Kept(letter["Message-ID"], letter["To"], letter.get_body(("plain",)).get_content()))
                if peer.behaviour == "drop":
                    return False
                if peer.behaviour == "slow":
                    peer._released.wait(peer.slow_seconds)
                with peer._acknowledging(kept, self.connection):
                    self.say("250 kept")
                return peer.behaviour != "hang-up"

        return Conversation


class _HttpPeer(_Peer):
    """An SMS provider that is asked over HTTP:

    accept · refuse (a wrong number: 400, never to be tried again) · unauthorised (403) · busy (503) ·
    hang (reads, keeps nothing and answers nothing) · slow (keeps, and answers after `slow_seconds`) ·
    drop (keeps, and hangs up instead of answering) · flap (accepts one, is busy for the next, …)

    `queries` are the fields of all requests it read; `status` and `answer` are what it says when it accepts.
    """

    BUSY = "busy"
    PATH = "/"
    REFUSALS = {"refuse": (400, "wrong number"), "unauthorised": (403, "Authorization failed"), "busy": (503, "busy")}

    def __init__(self):
        self.queries: list[dict] = []
        super().__init__()
        self.url = f"http://127.0.0.1:{self.port}{self.PATH}"

    def _handler(self):
        peer = self

        class Request(http.server.BaseHTTPRequestHandler):
            def handle_one_request(self):
                with contextlib.suppress(ConnectionError):
                    super().handle_one_request()

            def do_GET(self):
                self.obey(dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query)))

            def do_POST(self):
                self.obey(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

            def obey(self, fields):
                peer.queries.append(fields)
                now = peer._now()
                if now == "hang":
                    peer._hang()
                elif now in peer.REFUSALS:
                    self.say(*peer.REFUSALS[now])
                elif not 200 <= peer.status < 300:
                    self.say(peer.status, peer.answer)
                else:
                    kept = peer._keep(peer._read(fields))
                    if now == "slow":
                        peer._released.wait(peer.slow_seconds)
                    if now != "drop":
                        with peer._acknowledging(kept, self.connection):
                            self.say(peer.status, peer.answer)

            def say(self, status, words):
                self.send_response(status)
                self.end_headers()
                self.wfile.write(words.encode())

            def log_message(self, *args):
                pass

        return Request


class KannelPeer(_HttpPeer):
    """Kannel's `sendsms`."""

    PATH = "/cgi-bin/sendsms"

    def __init__(self):
        super().__init__()
        self.status, self.answer = 202, "0: Accepted for delivery"

    def _read(self, fields):
        return Kept(_row_in(fields.get("dlr-url", "")), fields.get("to", ""), fields.get("text", ""))


class JsonPeer(_HttpPeer):
    """A provider that takes JSON; what it says when it accepts is `answer`."""

    PATH = "/sms/send"

    def __init__(self):
        super().__init__()
        self.status, self.answer = 200, '{"code": "100"}'

    def _read(self, fields):
        return Kept(str(fields.get("request_id", "")).partition("-")[0], fields.get("phone", ""), fields.get("content", ""))


def _row_in(address: str) -> str:
    """The number of the row in the address for reports, whose token begins with it: …/bao-cao/7-kannel-1:…/"""
    return address.partition("/bao-cao/")[2].partition("-")[0]
