"""What we ask the issuer of national accounts, and how we know that its answer is true.

allauth trusts an ID token it fetched itself and knows no nonce. Here every token must be signed by
the issuer, for us, now, and for the one browser that asked; and all the questions of one visit
together have one time-out, so that a slow issuer does not hold the portal's threads.
"""

import json
import time
from functools import cached_property

import jwt
import requests
from django.conf import settings
from django.utils.crypto import constant_time_compare
from requests.exceptions import BaseHTTPError

from accounts.national import Problem

# Signatures with a key pair. “none”, and HS256 with a key everybody may read, prove nothing.
ALGORITHMS = {f"{kind}{bits}" for kind in ("RS", "PS", "ES") for bits in (256, 384, 512)}
CLOCK_SKEW, OLDEST_TOKEN = 60, 600  # seconds
LONGEST_ANSWER = 2**18


class Issuer:
    """The one issuer of settings, for one visit of one citizen. Every failure is a Problem."""

    def __init__(self):
        self._ends = time.monotonic() + settings.OIDC_SECONDS
        self._session = requests.Session()

    @cached_property
    def configuration(self) -> dict:
        """Where its doors are, as it publishes them; it must be the issuer we were told to trust."""
        found = self._ask("configuration", "GET", settings.OIDC_ISSUER + "/.well-known/openid-configuration")
        name = found.get("issuer")
        if not isinstance(name, str) or name.rstrip("/") != settings.OIDC_ISSUER:
            raise Problem("untrusted", "the configuration is of another issuer")
        return found

    def endpoint(self, name: str) -> str:
        """One of its published addresses; where the issuer itself is reached by https, so is this."""
        address = self.configuration.get(name)
        scheme = ("https://",) if settings.OIDC_ISSUER.startswith("https://") else ("https://", "http://")
        if not isinstance(address, str) or not address.startswith(scheme):
            raise Problem("away", f"no usable {name}")
        return address

    def exchange(self, code: str, verifier: str, redirect_uri: str) -> dict[str, str]:
        """The tokens behind a code, which works once."""
        answer = self._ask(
            "token",
            "POST",
            self.endpoint("token_endpoint"),
            data={"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri, "code_verifier": verifier},
            auth=(settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET),
        )
        tokens = {name: answer.get(name) for name in ("access_token", "id_token")}
        if not all(isinstance(token, str) and token for token in tokens.values()):
            raise Problem("untrusted", "a token is missing")
        return tokens

    def claims(self, tokens: dict[str, str], nonce: str) -> dict:
        """What the issuer says of the person who signed in, from the ID token and from userinfo, which must agree."""
        claims = self._proven(tokens["id_token"], nonce)
        if self.configuration.get("userinfo_endpoint"):
            authorization = {"Authorization": f"Bearer {tokens['access_token']}"}
            more = self._ask("userinfo", "GET", self.endpoint("userinfo_endpoint"), headers=authorization)
            if more.get("sub") != claims["sub"]:
                raise Problem("untrusted", "userinfo is of somebody else")
            if "SoDinhDanh" in claims and more.get("SoDinhDanh", claims["SoDinhDanh"]) != claims["SoDinhDanh"]:
                raise Problem("untrusted", "two ID numbers")
            claims |= more
        return claims

    def _proven(self, token: str, nonce: str) -> dict:
        try:
            header = jwt.get_unverified_header(token)
            algorithm = header.get("alg")
            if algorithm not in ALGORITHMS:
                raise Problem("untrusted", "algorithm")
            claims = jwt.decode(
                token,
                self._key(algorithm, header.get("kid")),
                algorithms=[algorithm],
                issuer=self.configuration["issuer"],
                audience=settings.OIDC_CLIENT_ID,
                leeway=CLOCK_SKEW,
                options={"require": ["iss", "sub", "aud", "exp", "iat", "nonce"]},
            )
        except (jwt.PyJWTError, TypeError, ValueError) as error:
            raise Problem("untrusted", type(error).__name__) from None
        if not constant_time_compare(claims["nonce"], nonce):
            raise Problem("untrusted", "nonce")
        several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if claims.get("azp", None if several else settings.OIDC_CLIENT_ID) != settings.OIDC_CLIENT_ID:
            raise Problem("untrusted", "made for another party")
        if float(claims["iat"]) < time.time() - OLDEST_TOKEN - CLOCK_SKEW:
            raise Problem("untrusted", "made long ago")
        return claims

    def _key(self, algorithm: str, kid: str | None):
        """The public key that must have signed; exactly one may come into question."""
        keys = self._ask("keys", "GET", self.endpoint("jwks_uri")).get("keys")
        fitting = [
            key
            for key in (keys if isinstance(keys, list) else [])
            if isinstance(key, dict)
            and key.get("use", "sig") == "sig"
            and key.get("kty") == ("EC" if algorithm.startswith("ES") else "RSA")
            and key.get("alg", algorithm) == algorithm
            and kid in (None, key.get("kid"))
        ]
        if len(fitting) != 1:
            raise Problem("untrusted", f"{len(fitting)} keys fit")
        return jwt.PyJWK(fitting[0], algorithm=algorithm).key

    def _ask(self, what: str, method: str, address: str, **options) -> dict:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise Problem("away", f"{what}: no time left")
        try:
            # A redirect could lead the client's secret elsewhere.
            with self._session.request(method, address, timeout=left, stream=True, allow_redirects=False, **options) as answer:
                status, body = answer.status_code, self._read(what, answer)
        except (requests.RequestException, BaseHTTPError, OSError) as trouble:
            raise Problem("away", f"{what}: {type(trouble).__name__}") from None
        try:
            found = json.loads(body)
        except (ValueError, RecursionError):
            found = None
        if status == 400 and isinstance(found, dict) and found.get("error") == "invalid_grant":
            raise Problem("stale", f"{what}: the code was used or is too old")
        if status != 200 or not isinstance(found, dict):
            raise Problem("away", f"{what}: status {status}" if status != 200 else f"{what}: not a JSON object")
        return found

    def _read(self, what: str, answer: requests.Response) -> bytes:
        """The body as it comes: a byte now and then must not keep us beyond the time-out."""
        body = b""
        while piece := answer.raw.read1(LONGEST_ANSWER, decode_content=True):
            body += piece
            if len(body) > LONGEST_ANSWER or time.monotonic() > self._ends:
                raise Problem("away", f"{what}: too long")
        return body
