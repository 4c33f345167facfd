"""Providers to send to: a small SMTP server and a small Kannel, real sockets, each as ill-behaved as asked."""

import contextlib
import http.server
import socketserver
import threading
import urllib.parse
from email import message_from_bytes, policy


class SmtpPeer:
    """Takes letters on 127.0.0.1. `behaviour` may change while it runs:

    accept · refuse (550 to the recipient) · later (451 to the recipient) · reject (554 to the letter) ·
    hang (no greeting) · drop (hangs up instead of acknowledging a letter it has kept) ·
    hang-up (acknowledges one letter, then hangs up)
    """

    def __init__(self):
        self.behaviour = "accept"
        self.letters = []
        self.connections = 0
        self._released = threading.Event()
        peer = self

        class Conversation(socketserver.StreamRequestHandler):
            def handle(self):
                peer.connections += 1
                if peer.behaviour == "hang":
                    peer._released.wait(30)
                    return
                with contextlib.suppress(ConnectionError):
                    self.say("220 peer")
                    while line := self.rfile.readline():
                        if not self.obey(line.decode().strip()):
                            return

            def say(self, words):
                self.wfile.write(words.encode() + b"\r\n")

            def obey(self, line):
                verb = line.upper()
                if verb.startswith("RCPT") and peer.behaviour in ("refuse", "later"):
                    who = line.partition(":")[2]
                    self.say(f"550 5.1.1 {who} unknown" if peer.behaviour == "refuse" else f"451 4.7.1 {who} try later")
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
                while (line := self.rfile.readline()) not in (b".\r\n", b""):
                    lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
                if peer.behaviour == "reject":
                    self.say("554 no")
                    return True
                peer.letters.append(message_from_bytes(b"".join(lines), policy=policy.default))
                if peer.behaviour == "drop":
                    return False
                self.say("250 kept")
                return peer.behaviour != "hang-up"

        self._server = _Server(("127.0.0.1", 0), Conversation)
        self.port = self._server.server_address[1]

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *exc):
        self._released.set()
        self._server.shutdown()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False


class KannelPeer:
    """Answers `sendsms` with `status` and `answer`, and keeps the queries; `hang` answers nothing."""

    def __init__(self):
        self.status, self.answer, self.hang = 202, "0: Accepted for delivery", False
        self.queries = []
        self._released = threading.Event()
        peer = self

        class Request(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                if peer.hang:
                    peer._released.wait(30)
                    return
                peer.queries.append(dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query)))
                self.send_response(peer.status)
                self.end_headers()
                self.wfile.write(peer.answer.encode())

            def log_message(self, *args):
                pass

        self._server = _Server(("127.0.0.1", 0), Request)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/cgi-bin/sendsms"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *exc):
        self._released.set()
        self._server.shutdown()
        self._server.server_close()
