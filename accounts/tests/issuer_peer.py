"""An issuer of national accounts for tests: keeps the standard over real HTTP, and misbehaves as asked."""

import base64
import hashlib
import json
import threading
import time
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, CLIENT_SECRET = "motcua", "a secret that both sides know, long enough for HS256"
LAN = {
    "sub": "7f0d2c",
    "SoDinhDanh": "066192001234",
    "HoVaTen": "H’Lan Niê",
    "NgayThangNamSinh": "19920312",
    "LoaiTaiKhoan": "1",
    "TechID": "T-0042",
    "loginIdp": "dvcqg",
}


@cache
def key(name):
    """A key pair, made once in a test run."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def changed(facts, changes):
    """The facts with some replaced; None takes one away."""
    return {name: value for name, value in (facts | changes).items() if value is not None}


class IssuerPeer:
    """What it will do wrong is set on it before the citizen comes."""

    def __init__(self):
        self.person = dict(LAN)
        self.in_token, self.in_userinfo, self.in_configuration = {}, {}, {}
        self.algorithm, self.signed_by, self.kid = "RS256", "own", "k1"
        # By the last word of the address: what to answer instead, and how long to wait before.
        self.instead, self.wait = {}, {}
        # Which answer stops in the middle, and which comes a byte at a time.
        self.break_off = self.drip = ""
        self.codes, self.asked = {}, []
        peer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                peer._serve(self, b"")

            def do_POST(self):
                peer._serve(self, self.rfile.read(int(self.headers["Content-Length"])))

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def sign_in(self, address, **changes):
        """The citizen signs in there; returns what their browser carries back to the portal."""
        asked = dict(parse_qsl(urlsplit(address).query))
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return changed({"code": code, "state": asked["state"], "iss": self.url}, changes)

    def _serve(self, handler, body):
        what = handler.path.rsplit("/", 1)[-1]
        self.asked.append(what)
        time.sleep(self.wait.get(what, 0))
        status, answer = self.instead.get(what) or getattr(self, f"_{what.replace('-', '_')}")(handler, body)
        answer = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        try:
            handler.send_response(status)
            handler.send_header("Content-Type", "application/json")
            handler.send_header("Content-Length", str(len(answer)))
            handler.end_headers()
            self._send(handler, what, answer)
        except OSError:
            pass  # the portal did not wait for it

    def _send(self, handler, what, answer):
        if what == self.break_off:
            answer = answer[: len(answer) // 2]
        if what == self.drip:
            for byte in answer:
                handler.wfile.write(bytes([byte]))
                time.sleep(0.1)
        else:
            handler.wfile.write(answer)

    def _openid_configuration(self, handler, body):
        ends = {f"{name}_endpoint": f"{self.url}/{name}" for name in ("authorization", "token", "userinfo")}
        return 200, changed({"issuer": self.url, "jwks_uri": f"{self.url}/keys", **ends}, self.in_configuration)

    def _keys(self, handler, body):
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key("own").public_key()))
        return 200, {"keys": [public | {"kid": "k1", "use": "sig", "alg": "RS256"}]}

    def _token(self, handler, body):
        basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if handler.headers.get("Authorization") != f"Basic {basic}":
            return 401, {"error": "invalid_client"}
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        asked = self.codes.pop(form.get("code"), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if not asked or asked["code_challenge"] != challenge or asked["redirect_uri"] != form["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "opened", "token_type": "Bearer", "expires_in": 60, "id_token": self._id_token(asked)}

    def _id_token(self, asked):
        now = int(time.time())
        facts = {"iss": self.url, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        secret = {"none": None, "HS256": CLIENT_SECRET}.get(self.algorithm, key(self.signed_by))
        return jwt.encode(changed(facts | self.person, self.in_token), secret, self.algorithm, headers={"kid": self.kid})

    def _userinfo(self, handler, body):
        if handler.headers.get("Authorization") != "Bearer opened":
            return 401, {"error": "invalid_token"}
        return 200, changed(self.person, self.in_userinfo)
